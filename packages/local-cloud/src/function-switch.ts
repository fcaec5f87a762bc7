import type { FunctionRunner, RunnerResult } from './cloud/functiongraph/deps.ts';
import type { InvocationHistory } from './cloud/functiongraph/invocation-history.ts';
import type { FunctionRecord } from './cloud/functiongraph/records.ts';
import type { LocalCloud } from './cloud/local-cloud.ts';
import type { DeployedFunctions } from './deployed-functions.ts';
import type { OwnFunctions, TriggeredFunctions } from './triggered-functions.ts';

/** Routes triggers to the deployed functions or, if there are none, to the own functions, so that nothing runs twice. */
export class FunctionSwitch implements FunctionRunner {
  readonly #deployed: DeployedFunctions;
  readonly #own: OwnFunctions | undefined;
  #isConnected = false;
  #isAwake = false;

  constructor(deployed: DeployedFunctions, own: OwnFunctions | undefined) {
    this.#deployed = deployed;
    this.#own = own;
  }

  /** Whether the own functions are without their triggers. */
  get isResting(): boolean {
    return !this.#deployed.isEmpty;
  }

  /** The functions that have the triggers; undefined when there are no functions. */
  get active(): TriggeredFunctions | undefined {
    return this.isResting ? this.#deployed : this.#own;
  }

  get history(): InvocationHistory {
    return this.#deployed.history;
  }

  /** Called when the services are available: starts the deployed functions or the own ones. */
  async connect(cloud: LocalCloud): Promise<void> {
    this.#deployed.connect(cloud);
    await this.#own?.connect(cloud);
    this.#isConnected = true;
    await this.deploy(cloud.functions());
  }

  async deploy(functions: readonly FunctionRecord[]): Promise<void> {
    // Before `connect` there are no services; it deploys all functions.
    if (!this.#isConnected) return;
    await this.#deployed.deploy(functions);
    if (this.#isAwake !== this.isResting) return;
    this.#isAwake = !this.#isAwake;
    if (this.#isAwake) this.#own?.wake();
    else this.#own?.rest();
  }

  invoke(...call: Parameters<FunctionRunner['invoke']>): Promise<RunnerResult> {
    return this.#deployed.invoke(...call);
  }

  tick(name: string): void {
    if (!this.active) throw new Error(`tick ${name}: no functions are running`);
    this.active.tick(name);
  }

  invokeLater(...call: Parameters<FunctionRunner['invokeLater']>): string {
    return this.#deployed.invokeLater(...call);
  }
}
