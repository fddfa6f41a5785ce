/**
 * The part of the SARIF 2.1.0 schema that hopcheck writes, after the OASIS standard (sections 3.13 to 3.58): the same
 * required properties, enumerations, limits and unique lists, and no property that the standard does not know.
 */

const closed = (properties: Readonly<Record<string, unknown>>, ...required: readonly string[]) => ({
  type: 'object',
  additionalProperties: false,
  properties,
  required,
});
const listOf = (items: unknown, uniqueItems = false) => ({ type: 'array', uniqueItems, items });

const string = { type: 'string' };
const message = closed({ text: { type: 'string', minLength: 1 } }, 'text');
const propertyBag = { type: 'object' };
const artifactLocation = closed({
  /** Relative, hence no scheme and no slash in front; only characters of RFC 3986. */
  uri: {
    type: 'string',
    format: 'uri-reference',
    pattern: "^(?!/)(?![A-Za-z][A-Za-z0-9+.-]*:)(?:[A-Za-z0-9._~!$&'()*+,;=@/-]|%[0-9A-F]{2})+$",
  },
  index: { type: 'integer', minimum: -1 },
});
/** Section 3.30; -1 is how the schema says that there is none. GitHub wants the line. */
const region = closed(
  {
    startLine: { type: 'integer', minimum: 1 },
    byteOffset: { type: 'integer', minimum: -1 },
    byteLength: { type: 'integer', minimum: 0 },
  },
  'startLine',
);
const location = closed({
  id: { type: 'integer', minimum: -1 },
  physicalLocation: closed({ artifactLocation, region }, 'artifactLocation', 'region'),
  message,
});
/** Section 3.49; GitHub wants all of it. */
const reportingDescriptor = closed(
  { id: string, shortDescription: message, fullDescription: message, help: message },
  'id',
  'shortDescription',
  'fullDescription',
  'help',
);
const driver = closed({ name: string, version: string, rules: listOf(reportingDescriptor, true) }, 'name');
const notification = closed({ level: { enum: ['none', 'note', 'warning', 'error'] }, message }, 'message');
const invocation = closed(
  { executionSuccessful: { type: 'boolean' }, toolExecutionNotifications: listOf(notification) },
  'executionSuccessful',
);
const artifact = closed({ location: artifactLocation, length: { type: 'integer', minimum: -1 } });
const result = closed(
  {
    ruleId: string,
    ruleIndex: { type: 'integer', minimum: -1 },
    kind: { enum: ['notApplicable', 'pass', 'fail', 'review', 'open', 'informational'] },
    level: { enum: ['none', 'note', 'warning', 'error'] },
    rank: { type: 'number', minimum: -1, maximum: 100 },
    message,
    locations: listOf(location),
    relatedLocations: listOf(location, true),
    partialFingerprints: { type: 'object', additionalProperties: string },
    properties: propertyBag,
  },
  'message',
);
const run = closed(
  {
    tool: closed({ driver }, 'driver'),
    invocations: listOf(invocation),
    artifacts: listOf(artifact, true),
    results: listOf(result),
    properties: propertyBag,
  },
  'tool',
);

export const sarifSchema = closed(
  { $schema: { type: 'string', format: 'uri' }, version: { const: '2.1.0' }, runs: listOf(run) },
  'version',
  'runs',
);
