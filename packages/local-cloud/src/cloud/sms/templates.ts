import { randomUUID } from 'node:crypto';
import type { CreateTaskBody } from './create-task-body.ts';
import { errors } from './errors.ts';
import type { TemplateFields } from './template-bodies.ts';

/** A template of target servers. Fields as in the API; absent fields were never sent. */
export interface LocalTemplate extends TemplateFields {
  readonly id: string;
}

interface Kept {
  readonly domainId: string | undefined;
  readonly template: LocalTemplate;
}

/** The templates of the local SMS. */
export class Templates {
  readonly #byId = new Map<string, Kept>();
  readonly #onChange: () => void;

  constructor(templates: readonly LocalTemplate[], onChange: () => void) {
    for (const template of templates) this.set(template);
    this.#onChange = onChange;
  }

  /** Adds or replaces a template that every account sees. */
  set(template: LocalTemplate): void {
    this.#byId.set(template.id, { domainId: undefined, template });
  }

  create(domainId: string, fields: TemplateFields): LocalTemplate {
    const template = { ...fields, id: randomUUID() };
    this.#save({ domainId, template });
    return template;
  }

  /** The templates created over HTTP, for the state file. */
  made(): Kept[] {
    return [...this.#byId.values()].filter(({ domainId }) => domainId !== undefined);
  }

  restore(kept: Kept): void {
    this.#byId.set(kept.template.id, kept);
  }

  of(domainId: string): LocalTemplate[] {
    return [...this.#byId.values()]
      .filter((kept) => kept.domainId === undefined || kept.domainId === domainId)
      .map(({ template }) => template);
  }

  find(domainId: string, id: string): LocalTemplate | undefined {
    return this.of(domainId).find((template) => template.id === id);
  }

  /** @throws {ServiceError} SMS.7101 */
  get(domainId: string, id: string): LocalTemplate {
    const template = this.find(domainId, id);
    if (template === undefined) throw errors.unknownTemplate(id);
    return template;
  }

  replace(domainId: string, id: string, fields: TemplateFields): void {
    const template = { ...this.get(domainId, id), ...fields, id };
    this.#save({ domainId: this.#byId.get(id)?.domainId, template });
  }

  delete(id: string): void {
    this.#byId.delete(id);
    this.#onChange();
  }

  #save(kept: Kept): void {
    this.#byId.set(kept.template.id, kept);
    this.#onChange();
  }
}

/** Why the target cannot be created. */
export interface TemplateFault {
  readonly code: string;
  readonly params: readonly string[];
}

/**
 * Why CREATE_CLOUD_SERVER fails with this template; undefined when it is complete. It is not reported earlier (field reports): SMS.0007
 * without VPC ID, CIDR or image; SMS.6102 without the name of a NIC or security group, or the CIDR of a NIC; SMS.6562 without publicip for a
 * migration over the internet; SMS.6519 for fewer disks than the source has; SMS.6539 for a smaller disk.
 *
 * With an `id` of `autoCreate` SMS creates the network and needs no other fields.
 */
export function templateFault(template: LocalTemplate | undefined, sent: CreateTaskBody): TemplateFault | undefined {
  // There is neither a server nor a template, or the template has been deleted.
  if ((sent.vm_template_id ?? '') === '') return { code: 'SMS.0007', params: [] };
  if (template === undefined) return { code: 'SMS.7101', params: [sent.vm_template_id ?? ''] };
  const { vpc, nics = [], security_groups: groups = [], disk: disks = [] } = template;
  if (isEmpty(vpc?.id)) return { code: 'SMS.0007', params: ['vpc.id'] };
  if (vpc?.id !== AUTO_CREATE && isEmpty(vpc?.cidr)) return { code: 'SMS.0007', params: ['vpc.cidr'] };
  if (isEmpty(template.image_id)) return { code: 'SMS.0007', params: ['image_id'] };
  const nic = nics.find(({ id, name, cidr }) => id !== AUTO_CREATE && (isEmpty(name) || isEmpty(cidr)));
  if (nics.length === 0 || nic !== undefined) {
    return { code: 'SMS.6102', params: [nic && !isEmpty(nic.name) ? 'nics.cidr' : 'nics.name'] };
  }
  if (groups.length === 0 || groups.some(({ id, name }) => id !== AUTO_CREATE && isEmpty(name))) {
    return { code: 'SMS.6102', params: ['security_groups.name'] };
  }
  if ((sent.use_public_ip ?? true) && template.publicip === undefined)
    return { code: 'SMS.6562', params: ['publicip'] };
  return diskFault(disks, sent);
}

function diskFault(disks: NonNullable<TemplateFields['disk']>, sent: CreateTaskBody): TemplateFault | undefined {
  const inOrder = [...disks].sort((a, b) => a.index - b.index);
  for (const [index, { name, size }] of sent.target_server.disks.entries()) {
    const disk = inOrder[index];
    if (disk === undefined) return { code: 'SMS.6519', params: [name] };
    if (BigInt(disk.size) * GB < BigInt(size)) return { code: 'SMS.6539', params: [name] };
  }
  return undefined;
}

/** The ID with which SMS creates a VPC, a subnet or a security group. */
const AUTO_CREATE = 'autoCreate';
const GB = 1024n * 1024n * 1024n;

function isEmpty(text: string | undefined): boolean {
  return text === undefined || text === '';
}
