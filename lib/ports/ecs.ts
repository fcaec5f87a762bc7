/** An ECS that is the existing target of a server migration. */
export interface EcsServer {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  /** Private addresses. */
  readonly fixedIps: readonly string[];
  readonly floatingIps: readonly string[];
  /** `BIOS` or `UEFI`, if it is in the response. */
  readonly firmware?: string;
}

export interface EcsDisk {
  /** EVS volume id. */
  readonly id: string;
  /** 0: the system disk. */
  readonly bootIndex: number;
  readonly device: string;
  readonly sizeGb: number;
}

export interface EcsService {
  showServer(id: string): Promise<EcsServer | undefined>;
  /** In order of device name. */
  listDisks(serverId: string): Promise<EcsDisk[]>;
}
