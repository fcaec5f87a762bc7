/** @import { FaultBody, FaultKinds, FaultRow } from '../wire-system.ts' */
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
  const operation = byId('fault-operation', HTMLSelectElement);
  const kind = byId('fault-kind', HTMLSelectElement);
  const about = byId('fault-about', HTMLParagraphElement);
  const times = byId('fault-times', HTMLInputElement);
  const result = byId('faults-result', HTMLOutputElement);
  const clear = byId('faults-clear', HTMLButtonElement);
  /** @type {FaultKinds['kinds']} */
  let kinds = [];

  const explain = () => setText(about, kinds.find((known) => known.kind === kind.value)?.text ?? '');
  kind.addEventListener('input', explain);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void attempt(result, async () => {
      /** @type {FaultBody} */
      const json = { text: `${operation.value}=${kind.value}`, times: times.valueAsNumber };
      await callApi('POST', '/api/faults', { json });
      return `${json.text}: active for the next ${counted(times.valueAsNumber, 'call')}.`;
    });
  });
  clear.addEventListener('click', () =>
    attempt(result, async () => {
      await callApi('DELETE', '/api/faults');
      return 'All faults are off.';
    }),
  );
  store.show(['snapshot'], async () => {
    if (kinds.length > 0) return;
    await attempt(result, async () => {
      const choices = /** @type {FaultKinds} */ (await callApi('GET', '/api/faults/kinds'));
      kinds = choices.kinds;
      const operations = choices.operations.map((name) =>
        name === '*' ? /** @type {const} */ ([name, '* (any)']) : name,
      );
      setOptions(operation, operations);
      const names = kinds.map((known) => known.kind);
      setOptions(kind, names);
      operation.value = FIRST.operation;
      kind.value = FIRST.kind;
      explain();
      return '';
    });
  });
  store.show(['faults'], () => {
    byId('faults', HTMLUListElement).replaceChildren(...store.faults.map(makeFault));
  });
}

/** @param {FaultRow} fault */
function makeFault({ operation, kind, remaining, text }) {
  return make(
    'li',
    { title: text },
    make('span', {}, make('strong', {}, `${operation}=${kind}`), ` ${counted(remaining, 'call')} left`),
  );
}
