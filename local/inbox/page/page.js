// Shows messages as they arrive. Everything in a message is foreign: texts are set as text, cards
// go through Microsoft's renderer with Markdown that lets no HTML pass, mail into a sandbox.
"use strict";

const NAMES = { teams: "Teams", smtp: "Mail (SMTP)", acs: "Mail (Communication Services)", webhook: "Webhook" };
const WAIT_SECONDS = 25;
const list = document.getElementById("messages");
const state = document.getElementById("state");
const markdown = window.markdownit?.({ html: false, linkify: false });

if (window.AdaptiveCards && markdown) {
  AdaptiveCards.AdaptiveCard.onProcessMarkdown = (text, result) => {
    result.outputHtml = markdown.render(text);
    result.didProcess = true;
  };
}

function element(name, className, text) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}

function renderedCard(content) {
  const card = new AdaptiveCards.AdaptiveCard();
  card.hostConfig = new AdaptiveCards.HostConfig({
    fontFamily: "Segoe UI, system-ui, sans-serif",
    spacing: { padding: 16, small: 4, default: 8, medium: 16, large: 24, extraLarge: 32 },
  });
  card.onExecuteAction = (action) => {
    const url = action.url ?? "";
    if (/^https?:\/\//.test(url)) window.open(url, "_blank", "noopener,noreferrer");
  };
  card.parse(content);
  return card.render() ?? element("p", "failure", "The renderer cannot show this card.");
}

function body(message) {
  if (message.card && window.AdaptiveCards) {
    const frame = element("div", "card");
    frame.append(renderedCard(message.card));
    return frame;
  }
  if (message.html) {
    const frame = element("iframe", "mail");
    frame.setAttribute("sandbox", "");
    frame.title = message.subject;
    frame.srcdoc = message.html;
    return frame;
  }
  return element("pre", "plain", message.text || (message.card ? JSON.stringify(message.card, null, 2) : ""));
}

function article(message) {
  const made = element("article");
  made.dataset.channel = { teams: "teams", webhook: "webhook" }[message.channel] ?? "mail";
  const head = element("header");
  head.append(element("span", "channel", NAMES[message.channel]));
  const time = element("time", "", new Date(message.received).toLocaleString());
  time.dateTime = message.received;
  head.append(time);
  if (message.to.length) head.append(element("span", "to", `to ${message.to.join(", ")}`));
  made.append(head, element("h2", "", message.subject));
  if (message.failure) made.append(element("p", "failure", `Nobody saw this. ${message.failure}`));
  made.append(body(message));
  return made;
}

function choose(channel) {
  list.dataset.only = channel;
  for (const button of document.querySelectorAll("nav button")) {
    button.setAttribute("aria-pressed", String(button.dataset.channel === channel));
  }
}

async function follow() {
  let [last, wait] = [0, 0];  // what is there already is not waited for
  for (;;) {
    try {
      const answer = await fetch(`/messages?after=${last}&wait=${wait}`);
      const { messages, last: newest } = await answer.json();
      for (const message of messages) list.prepend(article(message));
      const empty = document.getElementById("empty");
      if (messages.length) empty?.remove();
      else if (empty) empty.textContent = "Nothing yet.";
      [last, wait] = [newest, WAIT_SECONDS];
      state.textContent = "";
    } catch {
      state.textContent = "The local stack does not answer; trying again.";
      await new Promise((done) => setTimeout(done, 2000));
    }
  }
}

for (const button of document.querySelectorAll("nav button")) {
  button.addEventListener("click", () => choose(button.dataset.channel));
}
follow();
