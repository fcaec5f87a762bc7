import { givenProject } from './connect.ts';
import type { LoadedService } from './load-service.ts';

/**
 * What a command works on, as its first line: `mig: stage dev, region ap-southeast-3, project 0605767a...`.
 *
 * @param projectId the one in use @default the one that is set
 */
export function heading(loaded: Pick<LoadedService, 'file' | 'env'>, projectId = givenProject(loaded)): string {
  const { service, stage, provider } = loaded.file;
  const project = projectId === undefined ? '' : `, project ${projectId}`;
  return `${service}: stage ${stage}, region ${provider.region ?? 'not set'}${project}`;
}
