// Has this page kept on the phone, so that it opens again without network, and says when it is. Browsers have a
// worker only for what came over https or from this machine; without one nothing is said and nothing is missing.
"use strict";

(() => {
  const workers = navigator.serviceWorker;
  const line = document.querySelector("[data-offline]");
  if (!workers || !line) return;
  const SOON = 1000; // milliseconds until it is tried again; twice as many each time
  const SELDOM = 60000; // and not any more
  let kept = false;
  let wait = SOON;
  let next;

  const say = () => {
    line.hidden = !kept;
    line.textContent = navigator.onLine ? line.dataset.wordReady : line.dataset.wordCut;
  };
  const here = location.pathname + location.search;
  const ask = () => workers.controller?.postMessage({
    keep: [here, ...line.dataset.offline.split(" ").filter(Boolean)], language: document.documentElement.lang,
  });

  // Again and again until it is kept: a network breaks off in between, and after a release the page is newer than
  // its worker, whose successor the browser would look for in its own time.
  const tend = async () => {
    clearTimeout(next);
    const again = wait > SOON;
    if (wait < SELDOM) next = setTimeout(tend, wait);
    wait *= 2;
    try {
      const registration = await workers.register("/offline-worker.js");
      ask();
      if (again) await registration.update();
    } catch { /* no network just now, or a browser that keeps nothing for this site */ }
  };
  const begin = () => {
    wait = SOON;
    return tend();
  };

  workers.addEventListener("message", (event) => {
    // What a worker says that was replaced meanwhile comes too late.
    if (event.source !== workers.controller || !event.data.asked.includes(here)) return;
    kept = event.data.kept.includes(here);
    if (kept) clearTimeout(next);
    say();
  });
  // Also when a new release has taken over while the page stands open.
  workers.addEventListener("controllerchange", begin);
  workers.startMessages();
  for (const change of ["online", "offline"]) window.addEventListener(change, say);
  begin();
})();
