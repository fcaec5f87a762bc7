/** An elastic cloud server that the local cloud knows. */
export interface LocalServer {
  readonly id: string;
  readonly name: string;
  /** @default 'ACTIVE' */
  readonly status?: string;
  /** @default ['192.168.0.25'] */
  readonly fixedIps?: readonly string[];
  /** @default [] */
  readonly floatingIps?: readonly string[];
  /** More of `metadata`: what the service puts there is documented for some keys only. @default {} */
  readonly metadata?: Readonly<Record<string, string>>;
  /** The first is the system disk, if none says that it is. */
  readonly disks: readonly LocalServerDisk[];
}

/** A volume that is attached to a server. */
export interface LocalServerDisk {
  /** EVS volume id. */
  readonly id: string;
  readonly sizeGb: number;
  /** 0: the system disk. @default its place in the list */
  readonly bootIndex?: number;
  /** @default '/dev/vda' and so on, by its place in the list */
  readonly device?: string;
}

/** The servers of the local ECS, by id. */
export class Servers {
  readonly #byId = new Map<string, LocalServer>();

  constructor(servers: readonly LocalServer[]) {
    for (const server of servers) this.set(server);
  }

  set(server: LocalServer): void {
    this.#byId.set(server.id, server);
  }

  find(id: string): LocalServer | undefined {
    return this.#byId.get(id);
  }
}
