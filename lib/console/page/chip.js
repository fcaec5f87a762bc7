/** @import { Tone } from './words.js' */
import { setAttribute } from './elements.js';
import { icon } from './icons.js';

/**
 * A label with its icon and colour.
 *
 * @param {HTMLElement} element becomes the chip
 * @param {string} word
 * @param {Tone} tone
 */
export function setChip(element, word, tone) {
  if (element.dataset['word'] !== word) {
    element.dataset['word'] = word;
    element.replaceChildren(icon(word), word);
  }
  element.classList.add('chip');
  setAttribute(element, 'data-tone', tone);
}
