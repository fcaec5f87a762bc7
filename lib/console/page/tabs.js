import { byId } from './elements.js';

/** Tabs as in the ARIA practices: the arrow keys, Home and End move between tabs and activate them. */
export function makeTabs() {
  const tabs = ['tab-runs', 'tab-tasks', 'tab-jobs', 'tab-messages', 'tab-cloud-eye'].map((id) =>
    byId(id, HTMLButtonElement),
  );
  const show = (/** @type {HTMLButtonElement | undefined} */ chosen) => {
    if (!chosen) return;
    for (const tab of tabs) {
      const isChosen = tab === chosen;
      tab.setAttribute('aria-selected', String(isChosen));
      tab.tabIndex = isChosen ? 0 : -1;
      byId(tab.getAttribute('aria-controls') ?? '', HTMLElement).hidden = !isChosen;
    }
  };
  for (const [at, tab] of tabs.entries()) {
    tab.addEventListener('click', () => show(tab));
    tab.addEventListener('keydown', ({ key }) => {
      /** @type {Readonly<Record<string, number>>} */
      const steps = { ArrowRight: at + 1, ArrowLeft: at - 1 + tabs.length, Home: 0, End: tabs.length - 1 };
      const to = steps[key];
      if (to === undefined) return;
      const next = tabs[to % tabs.length];
      show(next);
      next?.focus();
    });
  }
}
