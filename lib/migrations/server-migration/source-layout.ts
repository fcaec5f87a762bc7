import { isRecord } from '../../kernel/is-record.ts';
import type { SmsServer } from '../../ports/sms.ts';
import type { Field } from '../../schema/fields.ts';
import { TARGET_SERVER } from './target-server-fields.ts';

type Row = Readonly<Record<string, unknown>>;

const DISK_USES: readonly unknown[] = ['NORMAL', 'OS', 'BOOT'];

/** The disks of a source server in the form that CreateTask expects. Sizes are in bytes, as returned by the service. */
export interface SourceLayout {
  readonly disks: readonly SourceDisk[];
  readonly volumeGroups: readonly Row[];
  readonly btrfsList: readonly Row[];
}

export interface SourceDisk {
  /** For `target_server.disks`, without `disk_id`. */
  readonly fields: Row;
  readonly name: string;
  readonly sizeBytes: number;
  readonly isSystemDisk: boolean;
  /** A target disk must be 1 GB larger. */
  readonly isGpt: boolean;
}

/**
 * Converts the layout of ShowServer for CreateTask (reference of SMS, section 7). Uses the layout that the service recommends, or the raw one where
 * that is empty. Keys that CreateTask does not know, and missing values, are left out; Btrfs keys keep their spelling.
 */
export function sourceLayout(source: SmsServer): SourceLayout {
  const { initTargetServer: recommended, disks: raw } = source;
  const rows = recommended.disks.length > 0 ? recommended.disks : raw;
  const groups = recommended.volumeGroups.length > 0 ? recommended.volumeGroups : source.volumeGroups;
  const details = new Map(raw.map((disk) => [String(disk['name']), disk]));
  const disks = rows.map((disk) => sourceDisk(disk, details.get(String(disk['name'])) ?? disk));
  return {
    disks: withOneSystemDisk(disks),
    volumeGroups: groups.map(volumeGroup),
    btrfsList: source.btrfsList.map((row) => pick('btrfs_list', row)),
  };
}

function sourceDisk(disk: Row, detail: Row): SourceDisk {
  // The ids are those of the source's disks, not of the target's volumes: the service refuses them (SMS.6103).
  const { disk_id: _, ...known } = pick('disks', disk);
  const volumes = Array.isArray(known['physical_volumes']) ? known['physical_volumes'] : [];
  const isOs = disk['os_disk'] === true || detail['os_disk'] === true;
  const given = known['device_use'];
  // VOLUME_GROUP and BTRFS are valid only for source disks.
  const use = given === undefined ? (isOs ? 'OS' : 'NORMAL') : DISK_USES.includes(given) ? given : 'NORMAL';
  return {
    fields: {
      ...known,
      device_use: use,
      used_size: known['used_size'] ?? sum(volumes.map((volume) => (isRecord(volume) ? volume['used_size'] : 0))),
      physical_volumes: volumes,
    },
    name: String(disk['name']),
    sizeBytes: Number(disk['size']),
    isSystemDisk: use === 'OS' || isOs,
    isGpt: String(detail['partition_style']).toUpperCase() === 'GPT',
  };
}

/** If no disk is marked as the system disk, the first one is. */
function withOneSystemDisk(disks: readonly SourceDisk[]): readonly SourceDisk[] {
  if (disks.some(({ isSystemDisk }) => isSystemDisk)) return disks;
  return disks.map((disk, i) => (i === 0 ? { ...disk, isSystemDisk: true } : disk));
}

function volumeGroup(row: Row): Row {
  const group = pick('volume_groups', row);
  const volumes = Array.isArray(group['logical_volumes']) ? group['logical_volumes'] : [];
  // A volume that is not mounted lacks these fields, but the page requires them.
  const missing = { mount_point: '', file_system: '', used_size: 0, free_size: 0, inode_size: 0 };
  return { ...group, logical_volumes: volumes.map((volume: unknown) => ({ ...missing, ...(volume as Row) })) };
}

function sum(sizes: readonly unknown[]): number {
  return sizes.reduce<number>((total, size) => total + (typeof size === 'number' ? size : 0), 0);
}

/** The fields of a row that the table of its list in `target_server` knows. */
function pick(list: 'disks' | 'volume_groups' | 'btrfs_list', row: Row): Record<string, unknown> {
  const field = TARGET_SERVER.fields[list];
  return (field?.type === 'list' ? known(field.of, row) : {}) as Record<string, unknown>;
}

function known(field: Field, value: unknown): unknown {
  if (field.type === 'list' && Array.isArray(value)) return value.map((item) => known(field.of, item));
  if (field.type !== 'object' || !isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(field.fields)
      .filter(([name]) => value[name] !== undefined && value[name] !== null)
      .map(([name, inner]) => [name, known(inner, value[name])]),
  );
}
