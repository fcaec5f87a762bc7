// The part of the framework (osls 4.3.1, serverless 3.40.0) that is used. Neither exports types for providers.

/** A section such as `provider` or an entry of `functions`, validated by the schema. */
type Section = Readonly<Record<string, unknown>>;

export interface Framework {
  readonly serviceDir: string;
  readonly service: {
    readonly provider: Section & { readonly stage?: string };
    readonly package?: Section;
    getServiceName(): string;
    getAllFunctions(): string[];
    getFunction(key: string): Section & { name: string; package?: { artifact: string } };
  };
  readonly configSchemaHandler: {
    readonly schema: {
      readonly properties: {
        readonly functions: {
          readonly patternProperties: Readonly<
            Record<
              string,
              { readonly properties: { readonly events: { readonly items: { readonly anyOf: object[] } } } }
            >
          >;
        };
      };
    };
    defineProvider(name: string, parts: object): void;
  };
  /** The words of the command: `['invoke', 'local']`. */
  readonly processedInput: { readonly commands: readonly string[] };
  readonly classes: { readonly Error: new (message: string, code: string) => Error };
  setProvider(name: string, provider: object): void;
}

/** The options given on the command line. */
export interface CommandOptions {
  readonly stage?: string;
  readonly region?: string;
  readonly function?: string;
  readonly package?: string;
  readonly data?: string;
  readonly path?: string;
  readonly type?: string;
  readonly qualifier?: string;
  readonly to?: string;
  readonly alias?: string;
  readonly message?: string;
  readonly yes?: boolean;
  readonly 'replace-api'?: boolean;
}

/** The framework's output: `log` goes to stderr, only `writeText` to stdout. */
export interface Output {
  readonly log: { notice(text: string): void; warning(text: string): void; info(text: string): void };
  readonly progress: {
    create(options: { message: string }): { update(message: string): void; remove(): void };
  };
  writeText(text: string): void;
}
