// Cards by name on standard input; what Microsoft's parser says about each, and what is left of it.
"use strict";
const { AdaptiveCard, SerializationContext } = require(process.argv[2]);

const cards = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
const found = {};
for (const [name, content] of Object.entries(cards)) {
  const card = new AdaptiveCard();
  const context = new SerializationContext();
  card.parse(content, context);
  const events = Array.from({ length: context.eventCount }, (_, n) => context.getEventAt(n).message);
  const invalid = card.validateProperties().validationEvents.map((event) => event.message);
  found[name] = { problems: [...events, ...invalid], kept: card.toJSON() };
}
console.log(JSON.stringify(found));
