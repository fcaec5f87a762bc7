/** @import { SetRow } from '../wire.ts' */
/** @import { Store } from './store.js' */
import { byId, make } from './elements.js';

/**
 * The open sets of objects, with their files and what they wait for. Hidden if there are none.
 *
 * @param {Store} store
 */
export function showSets(store) {
  const section = byId('sets', HTMLElement);
  const list = byId('sets-list', HTMLUListElement);
  store.show(['sets'], () => {
    section.hidden = store.sets.length === 0;
    list.replaceChildren(...store.sets.map(makeRow));
  });
}

/** @param {SetRow} set */
function makeRow({ job, bucket, prefix, state, message, hints, deadline }) {
  const until = deadline === undefined ? undefined : ` until ${deadline.slice(0, 16).replace('T', ' ')}Z`;
  return make(
    'li',
    {},
    make('strong', {}, job),
    ` ${bucket === undefined ? '' : `${bucket}/`}${prefix}: ${state.replace('_', ' ')}`,
    until,
    ...[message, ...hints].map((text) => make('p', { class: 'hint' }, text)),
  );
}
