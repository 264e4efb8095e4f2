// Opens pages again without network. What stands in front of this text (ui/offline.py) says which pages: those
// whose views opted in. Nothing else is touched: no officer's page, nothing of a member's, no answer to a form.
(() => {
  "use strict";

  const NAMED = "kept-";
  const CACHE = NAMED + KEEPING.version;
  const PAGES = KEEPING.pages.map((page) => new RegExp(page));
  const ASSET = new RegExp(`(?:src|href)="(${KEEPING.static}[^"]+)"`, "g");
  const TOKEN = /(X-CSRFToken": "|csrfmiddlewaretoken" value=")[^"]*/g;
  const MOST = 40; // addresses; the oldest goes first
  const PATIENCE = 4000; // milliseconds until a network that does not answer counts as none
  const REMEMBERED = 10000; // milliseconds in which it is not waited for again
  let cut = 0;

  const isPage = (url) => url.origin === location.origin && PAGES.some((page) => page.test(url.pathname));
  const isAsset = (url) => url.origin === location.origin && url.pathname.startsWith(KEEPING.static);

  // A page is asked for without cookies: nobody is signed in, so nothing of anybody can stand in it. One without
  // the mark of this version is not kept: it never opted in, or another release is in force, whose worker comes.
  const keep = async (cache, address, language) => {
    const answer = await fetch(address, {
      credentials: "omit", mode: "same-origin", cache: "no-store", headers: { "X-Language": language },
    });
    if (!answer.ok && answer.status !== 404) throw new Error(`answered ${answer.status}`);
    const mark = answer.ok && answer.headers.get(KEEPING.mark);
    if (!mark) await cache.delete(address);
    if (mark !== KEEPING.version) return false;
    // The token in it belongs to nobody; a form that finds none asks for its own.
    const text = (await answer.text()).replace(TOKEN, "$1");
    for (const [, asset] of text.matchAll(ASSET)) {
      if (!(await cache.match(asset))) await cache.add(new Request(asset, { credentials: "omit", cache: "no-cache" }));
    }
    const headers = new Headers(answer.headers);
    for (const name of ["Content-Encoding", "Content-Length", "Vary"]) headers.delete(name);
    await cache.put(answer.url, new Response(text, { headers }));
    if (answer.url !== address) {
      await cache.put(address, new Response(null, { status: 302, headers: { Location: answer.url, "Content-Language": language } }));
    }
    return true;
  };

  const pagesOf = async (cache) => (await cache.keys()).filter((request) => !isAsset(new URL(request.url)));

  // A new release keeps anew whatever the former one kept, or, when the network goes meanwhile, does not begin.
  addEventListener("install", (event) => event.waitUntil((async () => {
    const cache = await caches.open(CACHE);
    for (const name of await caches.keys()) {
      if (!name.startsWith(NAMED) || name === CACHE) continue;
      const former = await caches.open(name);
      for (const request of await pagesOf(former)) {
        // The former worker is still at work and may have let it go meanwhile.
        const held = await former.match(request);
        if (held) await keep(cache, request.url, held.headers.get("Content-Language") || "");
      }
    }
    await skipWaiting();
  })()));

  addEventListener("activate", (event) => event.waitUntil((async () => {
    for (const name of await caches.keys()) if (name.startsWith(NAMED) && name !== CACHE) await caches.delete(name);
    await clients.claim();
  })()));

  // A page that stands open asks to be kept, with the addresses that lead to it and those that it leads to.
  addEventListener("message", (event) => event.waitUntil((async () => {
    // A worker that was replaced in this moment makes no store of its own anew.
    if (!(await caches.has(CACHE))) return;
    const cache = await caches.open(CACHE);
    const kept = [];
    for (const address of event.data.keep) {
      const url = new URL(address, location.origin);
      if (!isPage(url)) continue;
      try {
        if (await keep(cache, url.href, event.data.language)) kept.push(address);
      } catch {
        // Without network what was kept before stays.
        if (await cache.match(url.href)) kept.push(address);
      }
    }
    for (const request of (await pagesOf(cache)).slice(0, -MOST)) await cache.delete(request);
    event.source.postMessage({ asked: event.data.keep, kept });
  })()));

  // The network first, so that with one all goes on as without a worker.
  const answer = async (request) => {
    const held = await caches.match(request.url, { cacheName: CACHE });
    if (!held) return fetch(request);
    if (request.mode !== "navigate" && Date.now() - cut < REMEMBERED) return held;
    try {
      const patience = new Promise((_, reject) => setTimeout(reject, PATIENCE, new Error("no answer")));
      const found = await Promise.race([fetch(request), patience]);
      if (found.status >= 500) throw new Error(`answered ${found.status}`);
      return found;
    } catch {
      cut = Date.now();
      return held;
    }
  };

  addEventListener("fetch", (event) => {
    const { request } = event;
    if (request.method !== "GET") return;
    const url = new URL(request.url);
    if (request.mode === "navigate" ? isPage(url) : isAsset(url)) event.respondWith(answer(request));
  });
})();
