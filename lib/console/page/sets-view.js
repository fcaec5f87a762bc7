/** @import { SetRow } from '../wire.ts' */
/** @import { Store } from './store.js' */
import { byId, make } from './elements.js';
import { dateAndTime } from './words.js';

/**
 * The open sets of objects, with their files and what they wait for. Hidden if there are none.
 *
 * @param {Store} store
 */
export function showSets(store) {
  const section = byId('sets', HTMLElement);
  const list = byId('sets-list', HTMLUListElement);
  store.show(['sets', 'places'], () => {
    section.hidden = store.sets.length === 0;
    list.replaceChildren(...store.sets.map((set) => makeRow(set, store.places.length > 1)));
  });
}

/** @param {SetRow} set @param {boolean} hasPlaces */
function makeRow({ place, job, bucket, prefix, state, message, hints, deadline }, hasPlaces) {
  const until = deadline === undefined ? undefined : ` until ${dateAndTime(deadline)}`;
  return make(
    'li',
    {},
    make('strong', {}, hasPlaces ? `${place} ${job}` : job),
    ` ${bucket === undefined ? '' : `${bucket}/`}${prefix}: ${state.replace('_', ' ')}`,
    until,
    ...[message, ...hints].map((text) => make('p', { class: 'hint' }, text)),
  );
}
