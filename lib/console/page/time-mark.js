import { make, setText } from './elements.js';
import { dayLeftOut, timeOfDay } from './words.js';

/**
 * A time with its day, in the reader's zone; the exact one is its title.
 *
 * @returns {{ readonly element: HTMLSpanElement, show(iso: string): void }}
 */
export function makeTimeMark() {
  const day = make('span', { class: 'day' });
  const time = make('time');
  return {
    element: make('span', { class: 'when' }, day, time),
    show(iso) {
      setText(day, dayLeftOut(iso));
      setText(time, timeOfDay(iso));
      time.dateTime = iso;
      time.title = iso;
    },
  };
}

/** The same for a time that stays what it is. @param {string} iso */
export function timeMark(iso) {
  const mark = makeTimeMark();
  mark.show(iso);
  return mark.element;
}
