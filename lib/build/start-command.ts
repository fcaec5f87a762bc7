import { hasSources } from './function-names.ts';
import { ROOT } from './package-root.ts';

/** How people start the local system: only a clone has npm scripts. */
export const START_COMMAND = hasSources(ROOT) ? 'npm start' : 'npx migrations start';
