"""Azure Resource Graph: queries over what ARM holds, a little behind it if so switched."""
