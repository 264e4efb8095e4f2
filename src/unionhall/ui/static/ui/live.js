// Live regions: one stream for the page; each named event replaces what stands in the region of that name.
"use strict";

(() => {
  const place = document.querySelector("[data-live-url]");
  const cut = document.querySelector("[data-live-cut]");

  const shown = new WeakMap();
  const replace = (name, html) => {
    for (const region of document.querySelectorAll(`[data-live="${CSS.escape(name)}"]`)) {
      // The same again, as after a reconnection, must not pull a button from under a finger.
      if (shown.get(region) === html) continue;
      // Whoever is typing or has opened a form there keeps it; the next frame comes soon enough.
      if (region.contains(document.activeElement) && document.activeElement.matches("input, textarea, select")) continue;
      shown.set(region, html);
      const open = [...region.querySelectorAll("details[open][id]")].map((one) => one.id);
      const focus = region.contains(document.activeElement) ? document.activeElement.id : "";
      region.innerHTML = html;
      for (const id of open) document.getElementById(id)?.setAttribute("open", "");
      if (focus) document.getElementById(focus)?.focus({ preventScroll: true });
      region.querySelector("[data-into-view]")?.scrollIntoView({ block: "nearest" });
      window.htmx?.process(region);
    }
  };

  if (place) {
    const connect = () => {
      const stream = new EventSource(place.dataset.liveUrl);
      const names = place.dataset.liveNames.split(" ");
      for (const name of names) {
        stream.addEventListener(name, (event) => {
          replace(name, event.data);
          document.dispatchEvent(new CustomEvent("live:frame", { detail: { name, data: event.data } }));
        });
      }
      stream.addEventListener("open", () => cut && (cut.hidden = true));
      stream.addEventListener("error", () => {
        if (cut) cut.hidden = false;
        // A refused stream is not tried again by the browser, so we do.
        if (stream.readyState === EventSource.CLOSED) setTimeout(connect, 2000);
      });
    };
    connect();
  }

  // Watches count from the server's moment, corrected by the difference between the two clocks at loading.
  const skew = place?.dataset.now ? Date.now() - Date.parse(place.dataset.now) : 0;
  const two = (n) => String(n).padStart(2, "0");
  const tick = () => {
    for (const watch of document.querySelectorAll("[data-since]")) {
      const gone = Math.max(0, Math.floor((Date.now() - skew - Date.parse(watch.dataset.since)) / 1000));
      const left = watch.dataset.limit ? Number(watch.dataset.limit) - gone : gone;
      const shown = watch.dataset.limit ? Math.abs(left) : gone;
      watch.textContent = `${left < 0 ? "+" : ""}${two(Math.floor(shown / 60))}:${two(shown % 60)}`;
    }
  };
  tick();
  setInterval(tick, 250);

  document.addEventListener("htmx:responseError", (event) => {
    const toasts = document.getElementById("toasts");
    if (toasts && event.detail.xhr.responseText.includes('class="notice')) toasts.innerHTML = event.detail.xhr.responseText;
  });
})();
