// Jest's order of test files under Stryker. Stryker asks for the tests that reach a mutant by their names alone, and jest would load every file to
// look for them. The first run, without any mutant, notes the names and the time of each file; later ones load the files with a wanted name, fast ones first.
const { readFileSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');

module.exports = class CoveringFiles {
  constructor({ globalConfig: { rootDir, testNamePattern } }) {
    this.notes = join(rootDir, 'covering-files.json');
    this.wanted = testNamePattern ? new RegExp(testNamePattern, 'i') : undefined;
  }

  sort(tests) {
    if (!this.wanted) return tests;
    const files = JSON.parse(readFileSync(this.notes, 'utf8'));
    return tests
      .filter(({ path }) => files[path].names.some((name) => this.wanted.test(name)))
      .sort((a, b) => files[a.path].ms - files[b.path].ms);
  }

  cacheResults(_tests, { testResults }) {
    if (this.wanted) return;
    const files = testResults.map(({ testFilePath, perfStats, testResults: tests }) => [
      testFilePath,
      { ms: perfStats.end - perfStats.start, names: tests.map(({ fullName }) => fullName) },
    ]);
    writeFileSync(this.notes, JSON.stringify(Object.fromEntries(files)));
  }
};
