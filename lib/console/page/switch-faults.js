/** @import { FaultBody, FaultKind, FaultKinds, FaultRow } from '../wire-system.ts' */
/** @import { Store } from './store.js' */
import { callApi } from './call-api.js';
import { byId, make, setOptions, setText } from './elements.js';
import { attempt } from './try-it.js';
import { counted } from './words.js';

/** The most instructive fault is preselected: the task is created, but the response is lost. */
const FIRST = { operation: 'CreateMigrationTask', kind: 'reply_lost' };

/**
 * Switches faults on and off, and describes them.
 *
 * @param {Store} store
 */
export function makeSwitchFaults(store) {
  const form = byId('fault-form', HTMLFormElement);
  const what = byId('fault-operation', HTMLSelectElement);
  const kind = byId('fault-kind', HTMLSelectElement);
  const about = byId('fault-about', HTMLParagraphElement);
  const details = byId('fault-details', HTMLInputElement);
  const times = byId('fault-times', HTMLInputElement);
  const result = byId('faults-result', HTMLOutputElement);
  const clear = byId('faults-clear', HTMLButtonElement);
  /** @type {FaultKinds | undefined} */
  let choices;

  const kinds = () => choices?.situations.find(({ subject }) => subject === what.value)?.kinds ?? choices?.kinds ?? [];
  const explain = () => {
    const known = kinds().find((one) => one.kind === kind.value);
    setText(about, known ? describe(known) : '');
    times.disabled = known?.counted === false;
  };
  const showKinds = () => {
    setOptions(
      kind,
      kinds().map((one) => one.kind),
    );
    explain();
  };
  what.addEventListener('input', showKinds);
  kind.addEventListener('input', explain);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void attempt(result, async () => {
      const given = [`${what.value}=${kind.value}`, details.value.trim(), times.disabled ? '' : `times=${times.value}`];
      /** @type {FaultBody} */
      const json = { text: given.filter((part) => part !== '').join(',') };
      await callApi('POST', '/api/faults', { json });
      return `${json.text}: active.`;
    });
  });
  clear.addEventListener('click', () =>
    attempt(result, async () => {
      await callApi('DELETE', '/api/faults');
      return 'All faults are off.';
    }),
  );
  store.show(['snapshot'], async () => {
    if (choices) return;
    await attempt(result, async () => {
      choices = /** @type {FaultKinds} */ (await callApi('GET', '/api/faults/kinds'));
      const operations = choices.operations.map((name) =>
        name === '*' ? /** @type {const} */ ([name, '* (any call)']) : name,
      );
      setOptions(what, [...choices.situations.map(({ subject }) => subject), ...operations]);
      what.value = FIRST.operation;
      showKinds();
      kind.value = FIRST.kind;
      explain();
      return '';
    });
  });
  store.show(['faults'], () => {
    byId('faults', HTMLUListElement).replaceChildren(...store.faults.map((fault) => makeFault(fault, result)));
  });
}

/** @param {FaultKind} kind */
function describe({ text, options }) {
  return options.length === 0 ? text : `${text}. Details: ${options.map((name) => `${name}=…`).join(', ')}`;
}

/** @param {FaultRow} fault @param {HTMLOutputElement} result */
function makeFault({ id, fault, remaining, text }, result) {
  const button = make('button', { type: 'button', 'aria-label': `Switch off ${fault}` }, 'Off');
  button.addEventListener('click', () =>
    attempt(result, async () => {
      await callApi('DELETE', `/api/faults?fault=${id}`);
      return `${fault} is off.`;
    }),
  );
  const left = remaining === undefined ? ' until it is switched off' : ` ${counted(remaining, 'time')} left`;
  return make('li', { title: text }, make('span', {}, make('strong', {}, fault), left), button);
}
