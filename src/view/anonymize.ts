/**
 * A report -> the same report about nobody: pseudonyms for addresses and captures, keyed fingerprints. Octets of the capture
 * are not touched here: `Secrecy.anonymous` makes the views show no more of them than framing.
 */
import type { CaptureReport, ConnectionIdentity, Evidence, Finding, Report, Text } from '../model.ts';
import type { Pseudonyms, Role } from './pseudonyms.ts';
import type { ShortHash } from './redact.ts';

export class Anonymizer {
  private readonly pseudonyms: Pseudonyms;
  private readonly hash: ShortHash;

  constructor(pseudonyms: Pseudonyms, hash: ShortHash) {
    this.pseudonyms = pseudonyms;
    this.hash = hash;
  }

  report(report: Report): Report {
    const findings = report.findings.map((finding) => this.finding(finding));
    const exonerations = report.exonerations.map((finding) => this.finding(finding));
    return {
      ...report,
      captures: report.captures.map((capture) => this.capture(capture)),
      verdict: this.text(report.verdict),
      proxies: report.proxies.map((addresses) => addresses.map((address) => this.pseudonyms.address(address, 'proxy'))),
      findings,
      exonerations,
      outlines: report.outlines.map((outline) => ({
        ...outline,
        client: this.pseudonyms.endpoint(outline.client, 'client'),
        server: this.pseudonyms.endpoint(outline.server, 'server'),
      })),
    };
  }

  finding(finding: Finding): Finding {
    // the hops first: their roles decide on the addresses that the texts name
    const hops = finding.hops.map((hop) => {
      const [client, server] = ROLES[hop.role];
      return {
        ...hop,
        client: this.pseudonyms.endpoint(hop.client, client),
        server: this.pseudonyms.endpoint(hop.server, server),
        connection: this.identity(hop.connection),
      };
    });
    return {
      ...finding,
      hops,
      fingerprint: [0, 1, 2, 3].map((part) => this.hash(`${part}${finding.fingerprint}`)).join(''),
      message: this.text(finding.message),
      evidence: finding.evidence.map((evidence) => this.evidence(evidence)),
      because: finding.because.map((text) => this.text(text)),
      wouldChangeOurMind: finding.wouldChangeOurMind.map((text) => this.pseudonyms.text(text)),
      children: finding.children.map((child) => this.finding(child)),
    };
  }

  private evidence(evidence: Evidence): Evidence {
    return { ...evidence, connection: this.identity(evidence.connection), text: this.text(evidence.text) };
  }

  private identity(identity: ConnectionIdentity): ConnectionIdentity {
    const [one, other] = identity.ends;
    return { ...identity, ends: [this.pseudonyms.endpoint(one, 'client'), this.pseudonyms.endpoint(other, 'server')] };
  }

  /** A file name may say who captured what. */
  private capture(capture: CaptureReport): CaptureReport {
    const issues = capture.issues.map((issue) => ({ ...issue, message: this.pseudonyms.text(issue.message) }));
    return { ...capture, name: `capture ${capture.index + 1}`, point: `point of capture ${capture.index + 1}`, names: [], issues };
  }

  private text(text: Text): Text {
    return text.map((part) => (typeof part === 'string' ? this.pseudonyms.text(part) : part));
  }
}

const ROLES: Readonly<Record<Finding['hops'][number]['role'], readonly [client: Role, server: Role]>> = {
  'client-side': ['client', 'proxy'],
  'server-side': ['proxy', 'server'],
  only: ['client', 'server'],
};
