/** @import { BucketInfo, StoredObject } from '../wire-system.ts' */
/** @import { Store } from './store.js' */
import { callApi } from './call-api.js';
import { byId, make, setOptions, setText } from './elements.js';
import { makeSampleBackup } from './sample-backup.js';
import { attempt } from './try-it.js';

/**
 * Puts an object into a bucket: a dropped file, a chosen file, or a sample.
 *
 * @param {Store} store
 */
export function makeDropFile(store) {
  const form = byId('drop-form', HTMLFormElement);
  const targets = byId('drop-targets', HTMLUListElement);
  const bucket = byId('drop-bucket', HTMLSelectElement);
  const watched = byId('drop-watched', HTMLParagraphElement);
  const chosen = byId('drop-file', HTMLInputElement);
  const key = byId('drop-key', HTMLInputElement);
  const result = byId('drop-result', HTMLOutputElement);

  const info = () => store.buckets.find(({ name }) => name === bucket.value);
  const suggest = () => {
    const now = info();
    setText(watched, now ? describeWatched(now) : '');
    key.value = suggestKey(now, chosen.files?.[0]?.name);
  };
  /** @param {string} name @param {string} objectKey @param {File} file */
  const put = (name, objectKey, file) =>
    attempt(result, async () => {
      const path = `/api/buckets/${encodeURIComponent(name)}/objects?key=${encodeURIComponent(objectKey)}`;
      const stored = /** @type {StoredObject} */ (await callApi('PUT', path, { bytes: file }));
      return `Stored ${stored.bucket}/${stored.key} (${stored.bytes} bytes).`;
    });

  bucket.addEventListener('input', suggest);
  chosen.addEventListener('input', suggest);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void put(bucket.value, key.value, chosen.files?.[0] ?? makeSampleBackup(Date.now()));
  });
  let known = '';
  store.show(['snapshot'], () => {
    const now = JSON.stringify(store.buckets);
    if (now === known) return;
    known = now;
    const names = store.buckets.map(({ name }) => name);
    setOptions(bucket, names);
    targets.replaceChildren(
      ...store.buckets.map((target) =>
        makeTarget(target, (file) => {
          bucket.value = target.name;
          suggest();
          key.value = suggestKey(target, file.name);
          void put(target.name, key.value, file);
        }),
      ),
    );
    suggest();
  });
  // A file dropped outside a target must not replace the page.
  for (const name of ['dragover', 'drop']) document.addEventListener(name, (event) => event.preventDefault());
}

/**
 * A key in the folder of the bucket's sample key.
 *
 * @param {BucketInfo | undefined} bucket
 * @param {string | undefined} fileName
 */
function suggestKey(bucket, fileName) {
  const sample = bucket?.sample_key ?? 'sample.rdb';
  return fileName === undefined ? sample : sample.slice(0, sample.lastIndexOf('/') + 1) + fileName;
}

/** @param {BucketInfo} bucket */
function describeWatched({ watched }) {
  if (watched.length === 0) return 'No job watches this bucket: it is only read from.';
  return watched.map(({ job, key }) => `${key} starts ${job}.`).join(' ');
}

/** @param {BucketInfo} bucket @param {(file: File) => void} onFile */
function makeTarget(bucket, onFile) {
  const target = make('li', { class: 'target' }, make('strong', {}, bucket.name), ' drop here');
  target.addEventListener('dragover', (event) => {
    event.preventDefault();
    target.classList.add('over');
  });
  target.addEventListener('dragleave', () => target.classList.remove('over'));
  target.addEventListener('drop', (event) => {
    event.preventDefault();
    target.classList.remove('over');
    for (const file of event.dataTransfer?.files ?? []) onFile(file);
  });
  return target;
}
