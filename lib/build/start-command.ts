import { hasSources } from './function-names.ts';
import { ROOT } from './package-root.ts';

const isClone = hasSources(ROOT);

/** How people start the local system: only a clone has npm scripts. */
export const START_COMMAND = isClone ? 'npm start' : 'npx migrations start';

/** The same, when options follow. */
export const START_WITH = isClone ? `${START_COMMAND} --` : START_COMMAND;
