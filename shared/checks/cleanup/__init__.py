"""What clean-ups are going to take of a pull, and what is wrong with them. All of it warns."""

from shared.checks.cleanup import commands, foreseen

CHECKS = (
    foreseen.image_outlives_the_week,
    foreseen.running_image_outlives_the_week,
    commands.commands_have_no_traps,
    commands.plans_can_be_read,
)
