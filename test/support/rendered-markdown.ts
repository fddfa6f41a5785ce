/** Markdown rendered as GitHub renders it, but for its filter of raw HTML; and what of the page would do something. */
import { micromark } from 'micromark';
import { gfm, gfmHtml } from 'micromark-extension-gfm';

/** Raw HTML is let through as it is, so that it would be seen. */
export function html(markdown: string): string {
  return micromark(markdown, {
    allowDangerousHtml: true,
    allowDangerousProtocol: true,
    extensions: [gfm()],
    htmlExtensions: [gfmHtml(), { exit: { htmlFlowData: letThrough, htmlTextData: letThrough } }],
  });
}

const letThrough: NonNullable<NonNullable<ReturnType<typeof gfmHtml>['exit']>['htmlFlowData']> = function (token) {
  this.raw(this.sliceSerialize(token));
  return undefined;
};

const OURS = /^(?:h1|h2|blockquote|p|ul|li|table|thead|tbody|tr|th|td|code|pre|strong|details|summary)$/;

/** Elements and attributes that are none of ours, and what would ring somebody's bell outside of code. */
export function alive(page: string): string[] {
  const tags = Array.from(page.matchAll(/<(\/?)([a-z0-9]+)([^>]*)>/gi), ([whole, , name = '', attributes = '']) => ({
    whole,
    name,
    attributes,
  }));
  const foreign = tags
    .filter(({ name, attributes }) => !OURS.test(name) || !/^(?: align="(?:right|left)"| class="language-mermaid"|)$/.test(attributes))
    .map(({ whole }) => whole);
  const text = page.replaceAll(/<code[^>]*>.*?<\/code>/gs, '').replaceAll(/<[^>]*>/g, ' ');
  return [...foreign, ...(text.match(/@\w+|#\d+|\bGH-\d+|\w+:\/\/\S+/g) ?? [])];
}
