// Keeps the parts of a page as they are on the server. The server renders; here they are only put in place.

const LOST_AFTER = 1500; // milliseconds: a connection that is back before that was never missed

/** Make one element like another. What is alike stays, and with it focus, scrolling and transitions. */
export function morph(from, to) {
  for (const { name } of [...from.attributes]) {
    if (!to.hasAttribute(name) && name !== "open") from.removeAttribute(name); // what a person has opened stays open
  }
  for (const { name, value } of to.attributes) {
    if (from.getAttribute(name) !== value) from.setAttribute(name, value);
  }
  const old = [...from.childNodes];
  const now = [...to.childNodes];
  now.forEach((node, place) => {
    const there = old[place];
    if (!there) from.append(node);
    else if (!isSame(there, node)) there.replaceWith(node);
    else if (node.nodeType === Node.ELEMENT_NODE) morph(there, node);
    else if (there.data !== node.data) there.data = node.data;
  });
  old.slice(now.length).forEach((node) => node.remove());
}

function isSame(there, node) {
  return there.nodeName === node.nodeName && there.dataset?.key === node.dataset?.key;
}

/** Put the new HTML of a part into its place. */
export function show(name, html) {
  const place = document.querySelector(`[data-part="${CSS.escape(name)}"]`);
  if (!place) return;
  const fresh = place.cloneNode(false);
  fresh.innerHTML = html;
  morph(place, fresh);
  place.dispatchEvent(new CustomEvent("shown", { bubbles: true }));
}

/** Listen to one topic for as long as the page is looked at. */
export function follow(address) {
  const lost = document.getElementById("lost");
  let source = null;
  let waiting = 0;

  const found = () => {
    clearTimeout(waiting);
    waiting = 0;
    lost.hidden = true;
  };

  const open = () => {
    source = new EventSource(address);
    source.addEventListener("open", found);
    source.addEventListener("error", () => {
      waiting ||= setTimeout(() => (lost.hidden = false), LOST_AFTER);
      if (source.readyState === EventSource.CLOSED) setTimeout(open, 2 * LOST_AFTER); // refused; it may be back later
    });
    source.addEventListener("parts", (event) => {
      for (const [name, html] of Object.entries(JSON.parse(event.data))) show(name, html);
    });
  };

  const look = () => {
    source?.close();
    if (!document.hidden) open();
  };

  document.addEventListener("visibilitychange", look);
  addEventListener("pagehide", () => source?.close());
  look();
}
