import { obsErrors } from './obs-error.ts';
import type { XmlContent } from './xml.ts';
import { checkNames, childOf, childrenOf, requiredText, type XmlElement } from './xml-reader.ts';

export interface Tag {
  readonly key: string;
  readonly value: string;
}

/** Limits of tags (API reference obs_04_0049 for buckets, obs_04_0172 for objects). */
const MAX_TAGS = { bucket: 20, object: 10 } as const;
const KEY = /^(?! )[^,/|<>=*\\]{1,36}(?<! )$/u;
const VALUE = /^[^,/|<>=*\\]{0,43}$/u;

/** Reads a Tagging document. @throws {ObsError} 400 MalformedXML, InvalidTagError */
export function readTagging(document: XmlElement, scope: keyof typeof MAX_TAGS): Tag[] {
  checkNames(document, 'TagSet');
  const set = childOf(document, 'TagSet');
  if (set === undefined) throw obsErrors.malformedXml();
  checkNames(set, 'Tag');
  return checkTags(childrenOf(set, 'Tag').map(readTag), MAX_TAGS[scope]);
}

/** Reads a Tag element, without its limits. @throws {ObsError} 400 MalformedXML */
export function readTag(element: XmlElement): Tag {
  checkNames(element, 'Key', 'Value');
  return { key: requiredText(element, 'Key'), value: requiredText(element, 'Value') };
}

/** Reads the tagging header, `a=1&b=2`. @throws {ObsError} 400 InvalidTagError */
export function readTagHeader(header: string): Tag[] {
  const tags = [...new URLSearchParams(header)].map(([key, value]) => ({ key, value }));
  return checkTags(tags, MAX_TAGS.object);
}

/** @throws {ObsError} 400 InvalidTagError */
export function checkTags(tags: Tag[], most: number): Tag[] {
  if (tags.length > most) throw obsErrors.invalidTag(`There can be at most ${most} tags.`);
  if (new Set(tags.map(({ key }) => key)).size < tags.length) throw obsErrors.invalidTag('Tag keys must be unique.');
  for (const { key, value } of tags) {
    if (!KEY.test(key)) throw obsErrors.invalidTag('The TagKey you have provided is invalid');
    if (!VALUE.test(value)) throw obsErrors.invalidTag('The TagValue you have provided is invalid');
  }
  return tags;
}

/** The content of a Tagging document. */
export function taggingContent(tags: readonly Tag[]): XmlContent {
  return [['TagSet', tags.map((tag) => ['Tag', tagContent(tag)])]];
}

export function tagContent({ key, value }: Tag): XmlContent {
  return [
    ['Key', key],
    ['Value', value],
  ];
}
