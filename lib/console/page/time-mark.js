import { make, setText } from './elements.js';
import { omittedDay, timeOfDay } from './words.js';

/**
 * A time with its day, in the reader's time zone; the exact time is the title.
 *
 * @returns {{ readonly element: HTMLSpanElement, show(iso: string): void }}
 */
export function makeTimeMark() {
  const day = make('span', { class: 'day' });
  const time = make('time');
  return {
    element: make('span', { class: 'when' }, day, time),
    show(iso) {
      setText(day, omittedDay(iso));
      setText(time, timeOfDay(iso));
      time.dateTime = iso;
      time.title = iso;
    },
  };
}

/** The same for a time that never changes. @param {string} iso */
export function timeMark(iso) {
  const mark = makeTimeMark();
  mark.show(iso);
  return mark.element;
}
