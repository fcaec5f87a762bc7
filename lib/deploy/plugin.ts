import { readFile } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { ROOT } from '../build/package-root.ts';
import type { Fields } from '../cloud/programs/functiongraph/calls.ts';
import { makeRedact, redactJson } from '../cloud/transport/redact.ts';
import { AppError } from '../kernel/errors.ts';
import { isRecord } from '../kernel/is-record.ts';
import { plainJson, plainLines } from '../kernel/plain-text.ts';
import { readSettings, SETTINGS } from '../kernel/settings.ts';
import { type AlarmWork, deployAlarms, describeAlarms, planOfAlarms, removeAlarms } from './alarms.ts';
import { checkLedgerBucket, ledgerBucketOf } from './check-ledger-bucket.ts';
import { encryptedNames, plainVariables } from './check-service.ts';
import { type ChosenFunction, checkChosen, chosenFunctions } from './chosen-functions.ts';
import { COMMANDS } from './commands.ts';
import { EVENT_SCHEMA, FUNCTION_SCHEMA, PROVIDER_SCHEMA } from './config-schema.ts';
import {
  type Connection,
  checkKeys,
  connect,
  givenProject,
  openBuckets,
  openLedgerBucket,
  secretsOf,
} from './connect.ts';
import { coverGap } from './cover-gap.ts';
import { asStep, DeployError } from './deploy-error.ts';
import { deploymentOf } from './deployment.ts';
import { describeJobChanges } from './describe-job-changes.ts';
import {
  type DesiredContext,
  type DesiredFunction,
  desiredFunction,
  encryptedValues,
  functionUrn,
} from './desired-function.ts';
import type { CommandOptions, Framework, Output } from './framework.ts';
import { describeFunction } from './function-info.ts';
import { heading } from './heading.ts';
import { invokeLocally } from './invoke-locally.ts';
import { type LoadedService, loadService } from './load-service.ts';
import { openRunNotes } from './open-run-notes.ts';
import { makePackages, PACKAGE_FOLDER, readPackages } from './packages.ts';
import { executePlan, type FunctionPlan, type PlanOptions, planFunction } from './plan-function.ts';
import { refuseSecrets } from './refuse-secrets.ts';
import { removeFunction } from './remove-function.ts';
import { executeRollbacks, planRollback, type RollbackPlan } from './rollback.ts';
import { chooseVersions } from './rollback-versions.ts';
import { secretsMark } from './secrets-mark.ts';
import { FUNCTION_OF, type FunctionSection, type ProviderSection, type ServiceFile } from './service-file.ts';
import { DEFAULT_ALIAS, publish } from './versions.ts';
import type { RetryOptions } from './with-retries.ts';

const NAME = 'huawei';
const FUNCTION_PATTERN = '^[a-zA-Z0-9-_]+$';
const CLOCK_SKEW_MS = 60_000;
/** The longest text that a command prints, such as a function's result. */
const MAX_PRINTED = 6 * 1024 * 1024;
const INVOCATION_TYPES = ['RequestResponse', 'Event'];
/** The commands that use the values of encrypted variables. */
const NEED_VALUES = new Set(['deploy', 'deploy function', 'diff', 'invoke local', 'rollback']);
/** The commands that do not use the service. */
const OFFLINE = new Set(['package', 'invoke local', 'deployment']);

/** The clock, the environment, and the folder of this software. */
export interface Surroundings extends RetryOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly home: string;
}

const THIS_PROCESS: Surroundings = { wait: (ms) => wait(ms), env: process.env, home: ROOT };

/** Registered under the name in `serverless.yml`; the plugin does all the work. */
// biome-ignore lint/complexity/noStaticOnlyClass: the framework asks the class of the registered object for its name
class Provider {
  static getProviderName(): string {
    return NAME;
  }
}

/**
 * The Serverless Framework provider for FunctionGraph. `loadService` checks the files before anything is sent; all output is redacted by
 * `#clean` or `#cleanJson`.
 */
export default class HuaweiPlugin {
  readonly provider = new Provider();
  readonly commands: object;
  readonly hooks: object;
  readonly #framework: Framework;
  readonly #options: CommandOptions;
  readonly #output: Output;
  readonly #surroundings: Surroundings;
  #loaded: LoadedService | undefined;
  #connection: Connection | undefined;
  #clean: (value: string) => string = (value) => value;
  #cleanJson: (json: string) => string = (json) => json;

  constructor(
    framework: Framework,
    options: CommandOptions,
    output: Output,
    surroundings: Surroundings = THIS_PROCESS,
  ) {
    this.#surroundings = surroundings;
    this.#framework = framework;
    this.#options = options;
    this.#output = output;
    framework.setProvider(NAME, this.provider);
    const { configSchemaHandler } = framework;
    configSchemaHandler.defineProvider(NAME, { provider: PROVIDER_SCHEMA, function: FUNCTION_SCHEMA });
    configSchemaHandler.schema.properties.functions.patternProperties[
      FUNCTION_PATTERN
    ]?.properties.events.items.anyOf.push(EVENT_SCHEMA);

    this.commands = COMMANDS;
    const hooks: Record<string, () => Promise<void>> = {
      'before:package:createDeploymentArtifacts': () => this.#package(this.#keys(), this.#options.package),
      'deploy:deploy': () => this.#deploy(this.#options.package ?? PACKAGE_FOLDER, undefined),
      'deploy:function:packageFunction': () => this.#package(this.#keys()),
      'deploy:function:deploy': () => this.#deploy(PACKAGE_FOLDER, this.#options.function),
      'diff:diff': () => this.#diff(),
      'deployment:deployment': () => this.#deployment(),
      'info:info': () => this.#info(),
      'invoke:invoke': () => this.#invoke(),
      'invoke:local:invoke': () => this.#invokeLocal(),
      'logs:logs': () => this.#logs(),
      'publish:publish': () => this.#publish(),
      'rollback:rollback': () => this.#rollback(),
      'remove:remove': () => this.#remove(),
    };
    this.hooks = Object.fromEntries(Object.entries(hooks).map(([event, run]) => [event, () => this.#guard(run)]));
  }

  /** Reports our own errors as messages without a stack. */
  async #guard(run: () => Promise<void>): Promise<void> {
    try {
      await run();
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      throw new this.#framework.classes.Error(
        this.#clean(error.message),
        error.code.toUpperCase().replaceAll('.', '_'),
      );
    }
  }

  #keys(): string[] {
    return this.#framework.service.getAllFunctions();
  }

  /** Reads and checks the files, once. */
  async #load(): Promise<LoadedService> {
    if (this.#loaded) return this.#loaded;
    const { service, serviceDir } = this.#framework;
    const {
      stage: named,
      name: _name,
      ...provider
    } = service.provider as ProviderSection & { stage?: string; name?: string };
    const { region = provider.region } = this.#options;
    const file: ServiceFile = {
      service: service.getServiceName(),
      stage: this.#options.stage ?? named ?? SETTINGS.MIGRATIONS_STAGE.fallback,
      provider: { ...provider, ...(region === undefined ? {} : { region }) },
      ...(service.package === undefined ? {} : { package: service.package }),
      functions: new Map(this.#keys().map((key) => [key, service.getFunction(key) as unknown as FunctionSection])),
    };
    // Before the values of secrets are missed.
    checkChosen(file, this.#keys(), this.#options.function);
    const needsValues = NEED_VALUES.has(this.#command);
    const loaded = await loadService(serviceDir, file, { ...this.#surroundings, needsValues });
    const redact = makeRedact(secretsOf(loaded, encryptedNames(loaded.file, loaded.jobs)));
    this.#clean = (value) => plainLines(redact(value, MAX_PRINTED));
    this.#cleanJson = (json) => plainJson(redactJson(json, redact, MAX_PRINTED));
    checkChosen(loaded.file, this.#keys(), this.#options.function);
    if (this.#command === 'invoke local') checkKeys(loaded);
    if (!OFFLINE.has(this.#command)) this.#connection = await connect(loaded, this.#surroundings);
    this.#output.log.notice(this.#clean(heading(loaded, this.#connection?.projectId)));
    for (const note of loaded.notes) this.#output.log.warning(this.#clean(note));
    this.#loaded = loaded;
    return loaded;
  }

  /** The files, and the connection that was opened after they were checked. */
  async #connected(): Promise<Connection & { readonly loaded: LoadedService }> {
    const loaded = await this.#load();
    this.#connection ??= await connect(loaded, this.#surroundings);
    return { loaded, ...this.#connection };
  }

  /** The words of the command, such as `deploy function`. */
  get #command(): string {
    return this.#framework.processedInput.commands.join(' ');
  }

  #write(line: string): void {
    this.#output.writeText(this.#clean(line));
  }

  /** @param say where lines go, such as to the log */
  async #alarmWork(say: (line: string) => void): Promise<AlarmWork> {
    const { loaded, projectId } = await this.#connected();
    const clean = (line: string) => this.#clean(line);
    const { log } = this.#output;
    const warn = (line: string) => log.warning(clean(line));
    return { loaded, projectId, wait: this.#surroundings.wait, say: (line) => say(clean(line)), warn };
  }

  /** The functions that the command applies to. */
  async #chosen(): Promise<Connection & { readonly functions: readonly ChosenFunction[] }> {
    const { loaded, ...connection } = await this.#connected();
    return { ...connection, functions: chosenFunctions(loaded.file, connection.projectId, this.#options.function) };
  }

  /** The function given with `-f`. */
  async #one(): Promise<Connection & ChosenFunction> {
    const { functions, ...connection } = await this.#chosen();
    const [found] = functions;
    if (!found || this.#options.function === undefined) {
      throw new DeployError(this.#framework.service.getServiceName(), 'find function', 'give one with -f');
    }
    return { ...connection, ...found };
  }

  async #package(keys: readonly string[], folder: string = PACKAGE_FOLDER): Promise<void> {
    const loaded = await this.#load();
    const desired = keys.filter((key) => loaded.file.functions.has(key));
    const folders = { home: this.#surroundings.home, serviceFolder: this.#framework.serviceDir, folder };
    const files = await makePackages(folders, loaded, desired);
    for (const key of keys) {
      // The framework would zip the whole folder for a function without a package, so a function that is not deployed gets another's.
      const artifact = files.get(key) ?? [...files.values()][0];
      if (artifact !== undefined) this.#framework.service.getFunction(key).package = { artifact };
    }
    for (const [, file] of files) this.#output.log.info(`created ${relative(this.#framework.serviceDir, file)}`);
  }

  async #plan(folder: string, only: string | undefined): Promise<{ connection: Connection; plans: FunctionPlan[] }> {
    const { loaded, ...connection } = await this.#connected();
    const keys = [...loaded.file.functions.keys()].filter((key) => only === undefined || key === only);
    const { projectId } = connection;
    const functions = await this.#desired(folder, keys, { projectId, ...this.#secrets(loaded, connection) });
    const options = {
      wait: this.#surroundings.wait,
      keepUnknownTriggers: loaded.file.provider.keepUnknownTriggers ?? false,
      replaceApi: this.#options['replace-api'] ?? false,
      ...(loaded.hasLedger && { coverGap: this.#gapCover(loaded, connection) }),
    };
    const plans: FunctionPlan[] = [];
    for (const desired of functions) plans.push(await planFunction(connection.api, desired, options));
    return { connection, plans };
  }

  /** The desired state of functions, with their packages from a folder. */
  async #desired(
    folder: string,
    keys: readonly string[],
    own: Pick<DesiredContext, 'projectId' | 'secrets' | 'mark'>,
  ): Promise<DesiredFunction[]> {
    const loaded = await this.#load();
    const zips = await readPackages(this.#framework.serviceDir, folder, keys);
    return keys.map((key) => desiredFunction(loaded.file, key, { ...loaded, zips, ...own }));
  }

  /** Everything that would be deployed, without the values of secrets and what is derived from them. */
  async #deployment(): Promise<void> {
    const { package: given } = this.#options;
    if (given === undefined) await this.#package(this.#keys());
    const loaded = await this.#load();
    const folder = given ?? PACKAGE_FOLDER;
    const own = { projectId: givenProject(loaded) ?? '', secrets: {}, mark: undefined };
    const functions = await this.#desired(folder, [...loaded.file.functions.keys()], own);
    const deployment = deploymentOf(loaded, functions, folder);
    refuseSecrets(deployment, secretsOf(loaded, encryptedNames(loaded.file, loaded.jobs)));
    this.#output.writeText(plainJson(JSON.stringify(deployment, null, 2)));
  }

  /** The encrypted variables, and their mark. */
  #secrets(loaded: LoadedService, { projectId }: Connection) {
    const secrets = encryptedValues(loaded.file, loaded);
    return { secrets, mark: secretsMark(functionUrn(loaded.file, projectId, loaded.file.service), secrets) };
  }

  #gapCover(loaded: LoadedService, { api }: Connection): NonNullable<PlanOptions['coverGap']> {
    // Before any trigger is deleted. The clocks of this machine and of OBS may differ slightly.
    const since = new Date(Date.now() - CLOCK_SKEW_MS).toISOString();
    const own = loaded.file.functions.get(FUNCTION_OF.objects);
    const given = own && plainVariables(loaded.file, own)['OBJECT_KEYS'];
    const encoding = readSettings((name) => (name === 'OBJECT_KEYS' ? given : undefined)).OBJECT_KEYS.direct;
    return (urn, triggers) => coverGap(api, openBuckets(loaded), { urn, triggers, since, encoding });
  }

  async #deploy(folder: string, only: string | undefined): Promise<void> {
    const { connection, plans } = await this.#plan(folder, only);
    const { log, progress } = this.#output;
    if (plans.some(({ steps }) => steps.length > 0)) await this.#checkLedger();
    const shown = progress.create({ message: 'Deploying' });
    try {
      for (const plan of plans) {
        const { name } = plan.desired;
        for (const note of plan.notes) log.notice(this.#clean(`${name}: ${note}`));
        if (plan.steps.length === 0) log.notice(`${name}: unchanged`);
        const onStep = (what: string, changes: readonly string[]) => {
          shown.update(this.#clean(`${name}: ${what}`));
          for (const line of [what, ...changes]) log.notice(this.#clean(`${name}: ${line}`));
        };
        await executePlan(plan, onStep, this.#surroundings);
      }
      if (only === undefined) await deployAlarms(await this.#alarmWork((line) => log.notice(line)));
    } finally {
      shown.remove();
    }
    if (only === undefined) await this.#warnAboutLeftovers(connection);
  }

  /** Only called if something will change, because the check writes to the bucket. A folder as the ledger is not checked. */
  async #checkLedger(): Promise<void> {
    const { loaded, projectId } = await this.#connected();
    const ledger = ledgerBucketOf(loaded);
    if (!ledger) return;
    const bucket = openLedgerBucket(loaded, ledger);
    const { stage, provider } = loaded.file;
    const origin = { region: provider.region ?? '', project: projectId, stage };
    const notes = await checkLedgerBucket(bucket, ledger, loaded.jobs, origin);
    for (const note of notes) this.#output.log.notice(this.#clean(note));
  }

  /** Warns about functions that are no longer in this service. `deploy` keeps them, because they may still be needed. */
  async #warnAboutLeftovers({ api }: Connection): Promise<void> {
    const { file } = await this.#load();
    const known = new Set([...file.functions.values()].map(({ name }) => name));
    // Not by the prefix alone: that of the stage `dev` is also that of `dev-2`.
    const own = new Set(Object.values(FUNCTION_OF).map((key) => `${file.service}-${file.stage}-${key}`));
    const left = (await api.listFunctions()).filter(({ name }) => own.has(name) && !known.has(name));
    for (const { name } of left) {
      this.#output.log.warning(
        `${name} is deployed, but not in serverless.yml: delete it in the console if it is no longer needed`,
      );
    }
  }

  async #diff(): Promise<void> {
    await this.#package(this.#keys());
    const { connection, plans } = await this.#plan(PACKAGE_FOLDER, undefined);
    for (const { desired, steps, notes } of plans) {
      for (const note of notes) this.#write(`${desired.name}: ${note}`);
      for (const { what, changes = [] } of steps) {
        for (const line of [what, ...changes]) this.#write(`${desired.name}: ${line}`);
      }
    }
    const { document } = await this.#load();
    for (const line of await describeJobChanges(connection.api, plans, document)) this.#write(line);
    const alarms = await planOfAlarms(await this.#alarmWork((line) => this.#write(line)));
    for (const note of alarms.notes) this.#write(note);
    for (const { name, what, changes = [] } of alarms.steps) {
      for (const line of [what, ...changes]) this.#write(`${name}: ${line}`);
    }
    const changes = [...plans, alarms].flatMap(({ steps }) => steps).length;
    if (changes > 0) process.exitCode = 2;
    else this.#write('nothing would change');
  }

  async #info(): Promise<void> {
    const { api, functions } = await this.#chosen();
    for (const func of functions) {
      for (const line of await describeFunction(api, func, this.#surroundings)) this.#write(line);
    }
    if (this.#options.function === undefined) await describeAlarms(await this.#alarmWork((line) => this.#write(line)));
  }

  /** The event of `--data` or `--path`; an empty object without either. */
  async #event(): Promise<Fields> {
    const { data, path } = this.#options;
    const given =
      path === undefined
        ? (data ?? '{}')
        : await readFile(resolve(this.#framework.serviceDir, path), 'utf8').catch((error: NodeJS.ErrnoException) => {
            const cause = new Error(`${path} cannot be read: ${error.code ?? 'unknown error'}`, { cause: error });
            throw new DeployError(this.#options.function ?? '', 'read event', cause);
          });
    try {
      const event: unknown = JSON.parse(given);
      if (isRecord(event)) return event;
    } catch {
      // Do not quote the input: an event may contain secrets.
    }
    throw new DeployError(this.#options.function ?? '', 'read event', 'must be a JSON object (--data, --path)');
  }

  async #invoke(): Promise<void> {
    const { type = 'RequestResponse', qualifier = 'latest' } = this.#options;
    const { api, name, urn } = await this.#one();
    if (!INVOCATION_TYPES.includes(type)) {
      throw new DeployError(name, 'invoke', `--type is ${type}; must be one of ${INVOCATION_TYPES.join(', ')}`);
    }
    const event = await this.#event();
    const called = `${urn}:${qualifier}`;
    await asStep(name, 'invoke', async () => {
      if (type === 'Event') {
        this.#write(`accepted, request ${await api.invokeAsync(called, event)}`);
        return;
      }
      const { result, log, ok, requestId } = await api.invoke(called, event);
      if (log !== '') this.#output.log.notice(this.#clean(log));
      this.#output.writeText(this.#cleanJson(result));
      if (!ok) throw new Error(`it failed (request ${requestId})`);
    });
  }

  async #invokeLocal(): Promise<void> {
    const loaded = await this.#load();
    const [found] = chosenFunctions(loaded.file, 'local', this.#options.function);
    if (!found) throw new DeployError(loaded.file.service, 'find function', 'give one with -f');
    const { key, name } = found;
    await this.#package([key]);
    const ok = await invokeLocally(this.#framework.serviceDir, loaded, key, await this.#event(), {
      result: (json) => this.#output.writeText(this.#cleanJson(json)),
      log: (line) => this.#output.log.notice(this.#clean(line)),
    });
    if (!ok) throw new DeployError(name, 'invoke local', 'it failed');
  }

  async #logs(): Promise<void> {
    const { api, name, urn } = await this.#one();
    const place = await asStep(name, 'find logs', async () => {
      if (!(await api.findConfig(`${urn}:latest`))) throw new Error('it is not deployed');
      return api.findLogLocation(`${urn}:latest`);
    });
    if (!place) {
      this.#write(`${name}: does not log to LTS; set provider.logs, or enable it in the console`);
      return;
    }
    this.#write(`group   ${place.groupName} (${place.groupId})`);
    this.#write(`stream  ${place.streamName} (${place.streamId})`);
    this.#write(
      'Read the logs in LTS: the FunctionGraph API only returns the log of a single invocation (serverless invoke).',
    );
  }

  async #publish(): Promise<void> {
    const { alias = DEFAULT_ALIAS, message = '' } = this.#options;
    const { api, functions } = await this.#chosen();
    for (const func of functions) {
      const version = await publish(api, func, { alias, description: message, retry: this.#surroundings });
      this.#write(`${func.name}: ${alias} is version ${version}`);
    }
  }

  /** All functions are looked at before the first is changed. */
  async #rollback(): Promise<void> {
    const { alias = DEFAULT_ALIAS, to } = this.#options;
    const { api, functions } = await this.#chosen();
    const loaded = await this.#load();
    const secrets = this.#secrets(loaded, await this.#connected());
    const retry = this.#surroundings;
    const options = { alias, ...secrets, retry };
    const plans: RollbackPlan[] = [];
    for (const chosen of await chooseVersions(api, functions, { alias, given: to, retry })) {
      plans.push(await planRollback(api, chosen, options));
    }
    await executeRollbacks(api, plans, options);
    for (const { func, version, zip, config } of plans) {
      const done = [...(zip ? ['code'] : []), ...(config ? ['configuration'] : [])];
      const what = done.length === 0 ? 'the latest code is that of' : `triggers run the ${done.join(' and ')} of`;
      this.#write(`${func.name}: ${what} ${version}; ${alias} is version ${version}`);
    }
    this.#output.log.notice('Triggers are those of the last deploy; deploy the earlier commit if jobs have changed.');
  }

  async #remove(): Promise<void> {
    const { api, functions } = await this.#chosen();
    const loaded = await this.#load();
    for (const note of await openRunNotes(loaded)) this.#output.log.warning(this.#clean(note));
    if (!this.#options.yes) await this.#confirm(functions.map(({ name }) => name));
    for (const func of functions) {
      const onStep = (what: string) => this.#output.log.notice(this.#clean(`${func.name}: ${what}`));
      const was = await removeFunction(api, func, onStep, this.#surroundings);
      if (!was) this.#output.log.notice(`${func.name}: not deployed`);
    }
    if (this.#options.function === undefined)
      await removeAlarms(await this.#alarmWork((line) => this.#output.log.notice(line)));
    if (loaded.file.provider.objectTriggers === 'EVENTGRID') {
      this.#output.log.warning('EventGrid may have kept the subscriptions of the triggers: check in its console');
    }
  }

  async #confirm(names: readonly string[]): Promise<void> {
    const question = `Delete ${names.join(', ')} with all versions and triggers? Type yes: `;
    if (!process.stdin.isTTY) {
      throw new DeployError(names.join(', '), 'remove', 'not a terminal, so nobody can be asked: add --yes');
    }
    const reader = createInterface({ input: process.stdin, output: process.stderr });
    const answer = await reader.question(question).finally(() => reader.close());
    if (answer.trim() !== 'yes') throw new DeployError(names.join(', '), 'remove', 'cancelled; nothing was removed');
  }
}
