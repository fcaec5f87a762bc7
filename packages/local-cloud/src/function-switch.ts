import type { FunctionRunner, InvocationResult } from './cloud/functiongraph/deps.ts';
import type { FunctionRecord } from './cloud/functiongraph/records.ts';
import type { LocalCloud } from './cloud/local-cloud.ts';
import type { DeployedFunctions } from './deployed-functions.ts';
import type { OwnFunctions, TriggeredFunctions } from './triggered-functions.ts';

/** Gives the triggers to what is deployed, or to the own functions as long as nothing is: nothing is to run twice. */
export class FunctionSwitch implements FunctionRunner {
  readonly #deployed: DeployedFunctions;
  readonly #own: OwnFunctions | undefined;
  #isConnected = false;
  #isAwake = false;

  constructor(deployed: DeployedFunctions, own: OwnFunctions | undefined) {
    this.#deployed = deployed;
    this.#own = own;
  }

  /** Are the own functions without their triggers? */
  get isResting(): boolean {
    return !this.#deployed.isEmpty;
  }

  /** Those that have the triggers; undefined when there are none at all. */
  get active(): TriggeredFunctions | undefined {
    return this.isResting ? this.#deployed : this.#own;
  }

  /** The services are there: runs what was deployed before, or the own functions. */
  async connect(cloud: LocalCloud): Promise<void> {
    this.#deployed.connect(cloud);
    await this.#own?.connect(cloud);
    this.#isConnected = true;
    await this.deploy(cloud.functions());
  }

  async deploy(functions: readonly FunctionRecord[]): Promise<void> {
    // Until then there are no services: `connect` deploys all that is there.
    if (!this.#isConnected) return;
    await this.#deployed.deploy(functions);
    if (this.#isAwake !== this.isResting) return;
    this.#isAwake = !this.#isAwake;
    if (this.#isAwake) this.#own?.wake();
    else this.#own?.rest();
  }

  invoke(...call: Parameters<FunctionRunner['invoke']>): Promise<InvocationResult> {
    return this.#deployed.invoke(...call);
  }

  invokeLater(...call: Parameters<FunctionRunner['invokeLater']>): string {
    return this.#deployed.invokeLater(...call);
  }
}
