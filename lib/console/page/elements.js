/**
 * Creates an element. String children become text, never markup, because an object's key may look like a tag.
 *
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Readonly<Record<string, string | number | boolean | undefined>>} [attributes] `true` becomes an empty attribute; `false` and `undefined` are omitted
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
 * Changes the page only if the value differs.
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
 * Changes the page only if the value differs.
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
 * @throws {Error} if the page has no such element
 */
export function byId(id, type) {
  const element = document.getElementById(id);
  if (!(element instanceof type)) throw new Error(`find #${id}: the page has no such ${type.name}`);
  return element;
}

/**
 * Sets the options of a select, and keeps the selection if it is still available.
 *
 * @param {HTMLSelectElement} select
 * @param {readonly (string | readonly [value: string, text: string])[]} options a string is both value and text
 */
export function setOptions(select, options) {
  const chosen = select.value;
  const pairs = options.map((option) =>
    typeof option === 'string' ? /** @type {const} */ ([option, option]) : option,
  );
  select.replaceChildren(...pairs.map(([value, text]) => make('option', { value }, text)));
  if (pairs.some(([value]) => value === chosen)) select.value = chosen;
}
