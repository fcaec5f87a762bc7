import { z } from 'zod';
import { int64, list, short } from './create-task-body.ts';

/** Body of DeleteServers. */
export const deleteServersBody = z.strictObject({ ids: z.array(short).min(1).max(65535) });

const resized = { id: short.optional(), need_migration: z.boolean().optional(), adjust_size: int64.optional() };

/** Body of UpdateServerName, which also changes the migration project and which disks are migrated (Node SDK 3.1.209). */
export const updateServerBody = z.strictObject({
  name: short.optional(),
  migprojectid: short.optional(),
  disks: list(z.strictObject({ ...resized, physical_volumes: list(z.strictObject(resized)).optional() })).optional(),
  volume_groups: list(
    z.strictObject({ ...resized, logical_volumes: list(z.strictObject(resized)).optional() }),
  ).optional(),
});
