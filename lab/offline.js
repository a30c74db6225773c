// The service worker: keeps every file of the page in a cache named after their version, and answers from it, so that the lab works without a
// network once it was loaded. The files of a language other than English are kept, all of them, once somebody reads it. The build fills in the names below.

const version = 'VERSION';
const files = 'FILES';
const ofLanguages = 'LANGUAGES';
const name = `unrolled-lab-${version}`;

self.addEventListener('install', (event) => {
  event.waitUntil(
    caches
      .open(name)
      .then((cache) => cache.addAll(files))
      .then(() => self.skipWaiting()),
  );
});

self.addEventListener('activate', (event) => {
  const isOld = (key) => key.startsWith('unrolled-lab-') && key !== name;
  event.waitUntil(
    caches
      .keys()
      .then((keys) => Promise.all(keys.filter(isOld).map((key) => caches.delete(key))))
      .then(() => self.clients.claim()),
  );
});

async function keepLanguage(language) {
  const cache = await caches.open(name);
  const wanted = ofLanguages[language] ?? [];
  const kept = await Promise.all(wanted.map((file) => cache.match(file)));
  await cache.addAll(wanted.filter((_, i) => !kept[i]));
}

// the page says which language it is in
self.addEventListener('message', (event) => event.waitUntil(keepLanguage(event.data)));

/** A model that ships with the page is kept once somebody wanted it. */
async function fetched(request) {
  const response = await fetch(request);
  if (response.ok && request.url.endsWith('.model')) await (await caches.open(name)).put(request, response.clone());
  return response;
}

self.addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.method !== 'GET' || new URL(request.url).origin !== location.origin) return;
  const language = Object.keys(ofLanguages).find((each) =>
    ofLanguages[each].some((file) => request.url.endsWith(file)),
  );
  if (language) event.waitUntil(keepLanguage(language));
  event.respondWith(caches.match(request, { ignoreSearch: true }).then((kept) => kept ?? fetched(request)));
});
