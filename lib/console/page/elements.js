/**
 * Makes an element. Children that are texts become text, never markup: a key of an object may look like a tag.
 *
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Readonly<Record<string, string | number | boolean | undefined>>} [attributes] `true` is an empty one; `false` and `undefined` are left out
 * @param {...(Node | string | undefined)} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) setAttribute(element, name, value);
  element.append(...children.filter((child) => child !== undefined));
  return element;
}

/**
 * Touches the page only if something is different.
 *
 * @param {Element} element
 * @param {string} name
 * @param {string | number | boolean | undefined} value
 */
export function setAttribute(element, name, value) {
  if (value === undefined || value === false) {
    if (element.hasAttribute(name)) element.removeAttribute(name);
    return;
  }
  const text = value === true ? '' : String(value);
  if (element.getAttribute(name) !== text) element.setAttribute(name, text);
}

/**
 * Touches the page only if something is different.
 *
 * @param {Node} element
 * @param {string} text
 */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/**
 * @template {HTMLElement} Element
 * @param {string} id
 * @param {new () => Element} type
 * @returns {Element}
 * @throws {Error} when the page has no such element
 */
export function byId(id, type) {
  const element = document.getElementById(id);
  if (!(element instanceof type)) throw new Error(`find #${id}: the page has no such ${type.name}`);
  return element;
}

/**
 * Puts options into a select and keeps what is chosen, if it is still there.
 *
 * @param {HTMLSelectElement} select
 * @param {readonly (string | readonly [value: string, text: string])[]} options a text alone is its own value
 */
export function setOptions(select, options) {
  const chosen = select.value;
  const pairs = options.map((option) =>
    typeof option === 'string' ? /** @type {const} */ ([option, option]) : option,
  );
  select.replaceChildren(...pairs.map(([value, text]) => make('option', { value }, text)));
  if (pairs.some(([value]) => value === chosen)) select.value = chosen;
}
