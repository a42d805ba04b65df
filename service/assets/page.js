// The pages work without this. It saves loading them anew: search while one types, join without losing one's place.
"use strict";
(() => {
  const parse = (html) => new DOMParser().parseFromString(html, "text/html");
  // Only what changes inside an element that was there before is read out.
  const say = (element) => {
    const text = element?.querySelector("[data-said]")?.textContent ?? "";
    document.getElementById("said").textContent = text.trim();
  };

  // Search while one types. The list is that of the latest question, whichever answer comes last.
  const search = document.querySelector("form[data-live]");
  let timer, underway, typed;
  // The service counts what was searched in the end, and not each letter on the way there.
  const settle = () => {
    clearTimeout(timer);
    if (typed) fetch(typed, { method: "HEAD", headers: { accept: "text/html" }, keepalive: true }).catch(() => {});
    typed = null;
  };
  const ask = async () => {
    clearTimeout(timer);
    underway?.abort();
    underway = new AbortController();
    const query = new URLSearchParams(new FormData(search));
    if (!query.get("q").trim()) query.delete("q");
    const address = search.action + (query.size ? `?${query}` : "");
    typed = query.has("q") ? address : null;
    timer = setTimeout(settle, 2000);
    try {
      const headers = { accept: "text/html", "x-typing": "yes" };
      const response = await fetch(address, { headers, signal: underway.signal });
      const results = parse(await response.text()).getElementById("results");
      if (!response.ok || !results) throw new Error("no results");
      document.getElementById("results").replaceWith(results);
      history.replaceState(null, "", address);
      say(results);
    } catch (error) {
      if (error.name !== "AbortError") search.submit();
    }
  };
  const field = search?.querySelector("input[type=search]");
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(ask, 150);
  };
  // What is being composed, as Japanese is, is not yet what is meant.
  field?.addEventListener("input", (event) => event.isComposing || soon());
  field?.addEventListener("compositionend", soon);
  search?.addEventListener("submit", (event) => {
    event.preventDefault();
    ask();
  });
  addEventListener("pagehide", settle);
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
    if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey || !field) return;
    event.preventDefault();
    field.focus();
    field.select();
  });

  // What was typed into the form of an event stays in the browser until the event is saved.
  const form = document.querySelector("form[data-draft]");
  const place = (name) => `draft-${name}`;
  const saved = document.querySelector("[data-saved]");
  if (saved) localStorage.removeItem(place(saved.dataset.saved));
  if (form) {
    const key = place(form.dataset.draft);
    const restored = form.querySelector("[data-restored]");
    const draft = "typed" in form.dataset ? null : localStorage.getItem(key);
    if (draft) {
      // With the version that it was typed for, so that nobody else's change is lost unseen.
      for (const [name, value] of Object.entries(JSON.parse(draft))) {
        if (form.elements[name]) form.elements[name].value = value;
      }
      restored.hidden = false;
    }
    form.addEventListener("input", () => {
      localStorage.setItem(key, JSON.stringify(Object.fromEntries(new FormData(form))));
    });
    form.querySelector("[data-discard]").addEventListener("click", () => {
      localStorage.removeItem(key);
      location.assign(location.href);
    });

    const preview = form.querySelector("[data-preview]");
    const field = form.elements.description;
    let later, latest = 0;
    const show = async () => {
      const turn = ++latest;
      const body = new URLSearchParams({ description: field.value });
      const response = await fetch("/forms/preview", { method: "POST", body, headers: { accept: "text/html" } });
      const html = await response.text();
      if (turn !== latest || !response.ok) return;
      preview.lastElementChild.innerHTML = html;
      preview.hidden = !field.value.trim();
    };
    field.addEventListener("input", () => {
      clearTimeout(later);
      later = setTimeout(show, 250);
    });
    if (draft) show();
  }

  // The second click of a double click could hit the button that the first one has brought there.
  document.addEventListener("click", (event) => {
    if (event.detail > 1 && event.target.closest("form[method=post] button")) event.preventDefault();
  });

  // Join and leave in place.
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    const row = form.closest("[data-row]");
    if (!row || !form.matches(".seat")) return;
    event.preventDefault();
    if (row.ariaBusy) return;
    row.ariaBusy = "true";
    try {
      const body = new URLSearchParams(new FormData(form, event.submitter));
      const response = await fetch(form.action, { method: "POST", body, headers: { accept: "text/html" } });
      const page = parse(await response.text());
      const fresh = page.getElementById(row.id);
      const results = page.getElementById("results");
      if (fresh) {
        row.replaceWith(fresh);
        fresh.querySelector(".seat button")?.focus();
        say(fresh);
      } else if (results) {
        document.getElementById("results").replaceWith(results);
        say(results);
      } else if (response.redirected) {
        location.assign(response.url);
      } else {
        throw new Error("no such page");
      }
    } catch {
      // The browser shows what went wrong, as it would have without this.
      if (event.submitter?.name) {
        const { name, value } = event.submitter;
        form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
      }
      form.submit();
    }
  });
})();
