/** @import { ChangeResult, PlaceInfo, PlannedChange } from '../wire.ts' */
/** @import { ChangeRequest } from '../ledger/change-request.ts' */
import { callApi } from './call-api.js';
import { byId, make, setText } from './elements.js';

/**
 * What a person has to give for a change.
 *
 * @typedef {object} Field
 * @property {'why' | 'task_id' | 'job'} name
 * @property {string} label
 * @property {boolean} isRequired
 * @property {readonly (readonly [value: string, text: string])[]} [options] to choose from; a text if absent
 */

/**
 * A change that is offered, without what the person has to give.
 *
 * @typedef {object} OfferedChange
 * @property {string} title
 * @property {Readonly<Record<string, string | undefined>> & { readonly kind: ChangeRequest['kind'] }} change
 * @property {readonly Field[]} fields
 */

/** @type {Readonly<Partial<Record<ChangeRequest['kind'], Field>>>} */
const FIELDS = {
  park: { name: 'why', label: 'Reason, which others will see; no secrets', isRequired: true },
  run_now: { name: 'why', label: 'Reason, which others will see; no secrets', isRequired: true },
  give_up: { name: 'why', label: 'Reason, which others will see; no secrets', isRequired: true },
  pause: { name: 'why', label: 'Reason, which others will see; no secrets (may be empty)', isRequired: false },
  task: { name: 'task_id', label: 'Id of the task', isRequired: true },
};

/** @param {ChangeRequest['kind']} kind @returns {readonly Field[]} */
export function fieldsOf(kind) {
  const field = FIELDS[kind];
  return field ? [field] : [];
}

/**
 * Asks before each change: first what is missing, then the question of the server, which names what happens and where. What was confirmed is what
 * is done: if it no longer applies, the server refuses.
 *
 * @param {() => readonly PlaceInfo[]} places
 * @returns {(place: string, offered: OfferedChange) => void} opens the dialog
 */
export function makeChangeDialog(places) {
  const dialog = byId('change', HTMLDialogElement);
  const title = make('h2', { id: 'change-title' });
  const where = make('p', { class: 'hint' });
  const inputs = make('fieldset', { class: 'plain' });
  const question = make('p', { class: 'question' });
  const notes = make('ul');
  const problem = make('p', { role: 'alert', class: 'problem' });
  const go = make('button', { type: 'submit' });
  const cancel = make('button', { type: 'button' }, 'Cancel');
  const form = make(
    'form',
    {},
    title,
    where,
    inputs,
    notes,
    question,
    problem,
    make('p', { class: 'bar' }, cancel, go),
  );
  dialog.append(form);
  /** @type {{ readonly place: string, readonly offered: OfferedChange, readonly change: object, readonly planned: PlannedChange | undefined } | undefined} */
  let state;

  /** @returns the answer; undefined if it was refused, or the dialog has been closed since */
  const request = async (/** @type {string} */ path, /** @type {unknown} */ json) => {
    const asked = state;
    go.disabled = true;
    setText(problem, '');
    try {
      const answer = await callApi('POST', path, { json });
      return state === asked ? answer : undefined;
    } catch (error) {
      if (state === asked) setText(problem, error instanceof Error ? error.message : String(error));
      return undefined;
    } finally {
      if (state === asked) go.disabled = false;
    }
  };
  const show = (/** @type {readonly string[]} */ lines) =>
    notes.replaceChildren(...lines.map((line) => make('li', {}, line)));
  const pathOf = (/** @type {string} */ place) => `/api/places/${encodeURIComponent(place)}/changes`;

  /** Asks the server what would happen. */
  const plan = async () => {
    if (!state) return;
    const { place, offered } = state;
    const given = [...inputs.querySelectorAll('input, select')].flatMap((field) => {
      const { name, value } = /** @type {HTMLInputElement} */ (field);
      return value === '' ? [] : [[name, value]];
    });
    const change = { ...offered.change, ...Object.fromEntries(given) };
    const planned = /** @type {PlannedChange | undefined} */ (await request(`${pathOf(place)}/plan`, change));
    if (!planned) return;
    state = { place, offered, change, planned };
    // What was given stays in sight.
    inputs.disabled = true;
    show(planned.notes);
    setText(question, planned.question);
    setText(go, 'Yes');
    setText(cancel, 'No');
    cancel.focus();
  };

  const perform = async () => {
    if (!state) return;
    const { place, change, planned } = state;
    // It can't be called off any more.
    cancel.disabled = true;
    const result = /** @type {ChangeResult | undefined} */ (await request(pathOf(place), { change, ...planned }));
    cancel.disabled = false;
    if (!result) {
      // What it would do now may be something else.
      if (state) state = { ...state, planned: undefined };
      setText(go, 'Ask again');
      return;
    }
    state = undefined;
    setText(question, result.done ? 'Done.' : 'Nothing was done.');
    show(result.lines);
    go.hidden = true;
    setText(cancel, 'Close');
    cancel.focus();
  };

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (go.disabled || !state) return;
    void (state.planned === undefined ? plan() : perform());
  });
  go.addEventListener('click', (event) => {
    // The rest of a double click, which may hit the answer to a question that nobody has read.
    if (event.detail > 1) event.preventDefault();
  });
  cancel.addEventListener('click', () => dialog.close());
  dialog.addEventListener('cancel', (event) => {
    if (cancel.disabled) event.preventDefault();
  });
  dialog.addEventListener('close', () => {
    state = undefined;
  });

  return (place, offered) => {
    state = { place, offered, change: {}, planned: undefined };
    const { ledger, name } = places().find((one) => one.name === place) ?? { name: place };
    setText(title, offered.title);
    setText(where, `Place: ${name}${ledger === undefined ? '' : `, ${ledger}`}`);
    inputs.hidden = offered.fields.length === 0;
    inputs.disabled = false;
    inputs.replaceChildren(...offered.fields.map(makeInput));
    show([]);
    for (const element of [question, problem]) setText(element, '');
    go.hidden = false;
    go.disabled = false;
    setText(go, 'Continue');
    setText(cancel, 'Cancel');
    dialog.showModal();
    if (offered.fields.length === 0) void plan();
  };
}

/** @param {Field} field */
function makeInput({ name, label, isRequired, options }) {
  const attributes = { name, required: isRequired, maxlength: 500, autocomplete: 'off' };
  const input = options
    ? make('select', { name }, ...options.map(([value, text]) => make('option', { value }, text)))
    : make('input', attributes);
  return make('label', {}, label, ' ', input);
}
