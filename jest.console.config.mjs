import base from './jest.config.mjs';

/** npm run test:console: the console's page in a browser. It needs Chromium, so npm test leaves it out. */
const { globalSetup: _programs, ...rest } = base;

export default {
  ...rest,
  roots: ['<rootDir>/test/console'],
  testMatch: ['**/*.spec.ts'],
  // One browser and one local system at a time: what is measured is not to be the other tests.
  maxWorkers: 1,
  testTimeout: 60_000,
};
