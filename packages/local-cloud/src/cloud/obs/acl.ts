import type { ObsCall } from './obs-call.ts';
import { prefixedHeader } from './obs-call.ts';
import type { Dialect } from './obs-dialect.ts';
import { obsErrors } from './obs-error.ts';
import type { XmlContent, XmlItem } from './xml.ts';
import { childOf, childrenOf, requiredText, textOf, type XmlElement } from './xml-reader.ts';

type Permission = 'READ' | 'WRITE' | 'READ_ACP' | 'WRITE_ACP' | 'FULL_CONTROL';

interface Grant {
  /** The ID of an account, or everyone. */
  readonly grantee: { readonly id: string } | 'Everyone';
  readonly permission: Permission;
  /** Whether the grant of a bucket also applies to its objects. */
  readonly delivered?: boolean;
}

/** An access control list. It is stored and returned, but not enforced: the local cloud has no anonymous requests. */
export interface Acl {
  readonly grants: readonly Grant[];
  /** Whether an object also has the grants of its bucket (API reference obs_04_0089). */
  readonly delivered?: boolean;
}

const MAX_GRANTS = 100;
const EVERYONE_URI = 'http://acs.amazonaws.com/groups/global/AllUsers';
const PERMISSIONS = {
  bucket: ['READ', 'WRITE', 'READ_ACP', 'WRITE_ACP', 'FULL_CONTROL'],
  object: ['READ', 'READ_ACP', 'WRITE_ACP', 'FULL_CONTROL'],
} as const;
/** The permissions of everyone in the predefined lists (API reference obs_04_0021). */
const CANNED: Readonly<Record<string, readonly Omit<Grant, 'grantee'>[]>> = {
  private: [],
  'public-read': [{ permission: 'READ' }],
  'public-read-write': [{ permission: 'READ' }, { permission: 'WRITE' }],
  'public-read-delivered': [{ permission: 'READ', delivered: true }],
  'public-read-write-delivered': [
    { permission: 'READ', delivered: true },
    { permission: 'WRITE', delivered: true },
  ],
  'bucket-owner-full-control': [],
};
const GRANT_HEADERS = {
  'grant-read': 'READ',
  'grant-write': 'WRITE',
  'grant-read-acp': 'READ_ACP',
  'grant-write-acp': 'WRITE_ACP',
  'grant-full-control': 'FULL_CONTROL',
} as const;

/** The list of a bucket or object that never got another one. */
export function ownersAcl(ownerId: string): Acl {
  return { grants: [{ grantee: { id: ownerId }, permission: 'FULL_CONTROL' }] };
}

/** The list in the headers of a request; undefined if there is none. @throws {ObsError} 400 InvalidArgument */
export function aclOfHeaders(call: ObsCall): Acl | undefined {
  const canned = prefixedHeader(call, 'acl');
  const named = Object.entries(GRANT_HEADERS).flatMap(([header, permission]) =>
    grantees(prefixedHeader(call, header)).map((id): Grant => ({ grantee: { id }, permission })),
  );
  if (canned === undefined && named.length === 0) return undefined;
  const everyone = Object.hasOwn(CANNED, canned ?? 'private') ? CANNED[canned ?? 'private'] : undefined;
  if (everyone === undefined) throw obsErrors.invalidArgument(`The ACL ${canned} does not exist.`);
  const { grants } = ownersAcl(call.account.domainId);
  return { grants: [...grants, ...everyone.map((grant): Grant => ({ grantee: 'Everyone', ...grant })), ...named] };
}

/** `id=..., id=...` */
function grantees(header: string | undefined): string[] {
  return (header?.split(',') ?? []).map((text) => {
    const id = /^\s*id="?([^"\s]+)"?\s*$/.exec(text)?.[1];
    if (id === undefined) throw obsErrors.invalidArgument('A grantee must be id=<account ID>.');
    return id;
  });
}

/** @throws {ObsError} 400 MalformedACLError, 403 for another owner */
export function readAcl(document: XmlElement, scope: 'bucket' | 'object', ownerId: string): Acl {
  const owner = childOf(document, 'Owner');
  const list = childOf(document, 'AccessControlList');
  if (owner === undefined || list === undefined) throw obsErrors.malformedAcl();
  if (requiredText(owner, 'ID') !== ownerId) throw obsErrors.accessDenied('The owner cannot be changed.');
  const grants = childrenOf(list, 'Grant').map((grant) => readGrant(grant, scope));
  if (grants.length > MAX_GRANTS || grants.length !== list.children.length) throw obsErrors.malformedAcl();
  const delivered = readBoolean(textOf(document, 'Delivered'));
  return { grants, ...(delivered === undefined ? {} : { delivered }) };
}

function readGrant(element: XmlElement, scope: 'bucket' | 'object'): Grant {
  const grantee = childOf(element, 'Grantee');
  if (grantee === undefined) throw obsErrors.malformedAcl();
  const id = textOf(grantee, 'ID');
  const isEveryone = textOf(grantee, 'Canned') === 'Everyone' || textOf(grantee, 'URI') === EVERYONE_URI;
  if (isEveryone === (id !== undefined) || id === '') throw obsErrors.malformedAcl();
  const permission = PERMISSIONS[scope].find((one) => one === textOf(element, 'Permission'));
  if (permission === undefined) throw obsErrors.malformedAcl();
  const delivered = readBoolean(textOf(element, 'Delivered'));
  return {
    grantee: id === undefined ? 'Everyone' : { id },
    permission,
    ...(delivered === undefined ? {} : { delivered }),
  };
}

function readBoolean(text: string | undefined): boolean | undefined {
  if (text === undefined || text === '') return undefined;
  if (text !== 'true' && text !== 'false') throw obsErrors.malformedAcl();
  return text === 'true';
}

/** The content of an AccessControlPolicy. */
export function aclContent(acl: Acl, ownerId: string, dialect: Dialect): XmlContent {
  const isS3 = dialect.scheme === 'AWS';
  return [
    ['Owner', [['ID', ownerId], ...(isS3 ? [['DisplayName', ownerId] as const] : [])]],
    ...(acl.delivered === undefined || isS3 ? [] : [['Delivered', acl.delivered] as const]),
    [
      'AccessControlList',
      acl.grants.map(({ grantee, permission, delivered }) => [
        'Grant',
        [
          granteeItem(grantee, isS3),
          ['Permission', permission],
          ...(delivered === undefined || isS3 ? [] : [['Delivered', delivered] as const]),
        ],
      ]),
    ],
  ];
}

function granteeItem(grantee: Grant['grantee'], isS3: boolean): XmlItem {
  if (!isS3) return ['Grantee', grantee === 'Everyone' ? [['Canned', grantee]] : [['ID', grantee.id]]];
  const type = (name: string) => ({ 'xmlns:xsi': 'http://www.w3.org/2001/XMLSchema-instance', 'xsi:type': name });
  if (grantee === 'Everyone') return ['Grantee', [['URI', EVERYONE_URI]], type('Group')];
  const content = [['ID', grantee.id] as const, ['DisplayName', grantee.id] as const];
  return ['Grantee', content, type('CanonicalUser')];
}
