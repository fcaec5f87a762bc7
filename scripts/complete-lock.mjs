// Adds to package-lock.json an entry for each optional package that the registry in use does not carry.
//
// Some npm mirrors lack the service packages of the official SDK, or the binaries of other platforms. npm then leaves
// them out of the lock file, and `npm ci` refuses that lock file everywhere. An entry without `resolved` and `integrity`
// works on both kinds of registry: installed where the package exists, left out where it does not.
// Run it after each change of dependencies: `npm install && npm run lock`.
import { readFileSync, writeFileSync } from 'node:fs';

const FILE = 'package-lock.json';
const lock = JSON.parse(readFileSync(FILE, 'utf8'));

const sdk = ['dcs', 'sms'].map((service) => `@huaweicloud/huaweicloud-sdk-${service}`);
for (const name of sdk) {
  lock.packages[`node_modules/${name}`] ??= {
    version: '3.1.155',
    license: 'Apache-2.0',
    optional: true,
    dependencies: { '@huaweicloud/huaweicloud-sdk-core': '^3.1.155' },
  };
}

const OS = ['aix', 'android', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'openharmony', 'sunos', 'win32'];
const CPU = ['arm64', 'arm', 'ia32', 'x64', 'ppc64', 's390x', 'riscv64', 'loong64', 'mips64el', 'wasm32'];

/** The `os` and `cpu` that a platform package's name states, so that npm skips it on other platforms without asking. */
function platformOf(name) {
  const words = name.split(/[-/]/);
  const os = OS.find((candidate) => words.includes(candidate));
  const cpu = CPU.find((candidate) => words.includes(candidate));
  return { ...(cpu ? { cpu: [cpu] } : {}), ...(os ? { os: [os] } : {}) };
}

for (const [path, entry] of Object.entries(lock.packages)) {
  if (path === '') continue;
  for (const [name, range] of Object.entries(entry.optionalDependencies ?? {})) {
    const nested = `${path}/node_modules/${name}`;
    const hoisted = `node_modules/${name}`;
    if (lock.packages[nested] || lock.packages[hoisted]) continue;
    lock.packages[hoisted] = {
      version: range.replace(/^[\^~]/, ''),
      ...platformOf(name),
      ...(entry.dev ? { dev: true } : {}),
      optional: true,
    };
  }
}

const collator = new Intl.Collator('en');
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => collator.compare(a, b)));
writeFileSync(FILE, `${JSON.stringify(lock, null, 2)}\n`);
