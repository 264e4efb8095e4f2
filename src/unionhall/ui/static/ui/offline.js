// Has this page kept on the phone, so that it opens again without network, and says when it is. Browsers have a
// worker only for what came over https or from this machine; without one nothing is said and nothing is missing.
"use strict";

(() => {
  const workers = navigator.serviceWorker;
  const line = document.querySelector("[data-offline]");
  if (!workers || !line) return;
  let kept = false;

  const say = () => {
    line.hidden = !kept;
    line.textContent = navigator.onLine ? line.dataset.wordReady : line.dataset.wordCut;
  };
  const here = location.pathname + location.search;
  const ask = () => workers.controller?.postMessage({
    keep: [here, ...line.dataset.offline.split(" ").filter(Boolean)], language: document.documentElement.lang,
  });

  workers.addEventListener("message", (event) => {
    kept = event.data.kept.includes(here);
    say();
  });
  // Also when a new release has taken over while the page stands open.
  workers.addEventListener("controllerchange", ask);
  workers.startMessages();
  for (const change of ["online", "offline"]) window.addEventListener(change, say);
  workers.register("/offline-worker.js").then(ask, () => { /* a browser that keeps nothing for this site */ });
})();
