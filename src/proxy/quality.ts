/**
 * How far the pairing of hops can be trusted: its own account of itself, printed with the report (RULES section 7.7).
 */
import type { Exchange, PairingQuality } from '../model.ts';

/** Share of the pairs whose times contradict each other beyond which no statement on two hops can be trusted. */
const UNRELIABLE = 0.05;
/** Pairs below which a share says nothing. */
const FEW = 100;
/** So many pairs at the beginning, and one in so many later, are asked for their evidence. */
const EVERY = 32;
/** Latencies are counted in classes of an eighth of a power of two, from a microsecond up. */
const CLASSES_PER_OCTAVE = 8;
const CLASSES = 40 * CLASSES_PER_OCTAVE;

type Counts = { -readonly [K in keyof Omit<PairingQuality, 'medianLatency' | 'reliable' | 'decidedBy'>]: number };

export class Quality {
  private readonly counts: Counts = { pairs: 0, unpaired: 0, ambiguous: 0, negativeLatency: 0, nestingViolated: 0 };
  private readonly latencies = new Uint32Array(CLASSES);
  private readonly decided = new Map<string, number>();

  /** True for the first pairs and some of the later ones: their evidence is worth the time that it takes to write it down. */
  get asksForEvidence(): boolean {
    const { pairs } = this.counts;
    return pairs < EVERY || pairs % EVERY === 0;
  }

  /** Parts of the evidence for a pair, each with its bits at the end: "target +6.2". */
  evidence(parts: readonly string[]): void {
    let [most, strongest] = [0, ''];
    for (const part of parts) {
      const space = part.lastIndexOf(' ');
      const bits = Number(part.slice(space + 1));
      if (bits > most) [most, strongest] = [bits, part.slice(0, space)];
    }
    if (strongest !== '') this.decided.set(strongest, (this.decided.get(strongest) ?? 0) + 1);
  }

  /** An exchange is over that a proxy was asked for. */
  count(clientSide: Exchange, attempts: readonly { readonly exchange: Exchange }[], ambiguous: boolean): void {
    const [first] = attempts;
    if (ambiguous) this.counts.ambiguous++;
    else if (first === undefined) this.counts.unpaired++;
    else this.counts.pairs++;
    if (first === undefined) return;
    const [received, sent] = [clientSide.request, first.exchange.request];
    if (received !== undefined && sent !== undefined) this.latency(sent.firstTime - received.firstTime);
    if (attempts.length > 1) return; // the client may have been answered by another attempt
    const [answer, response] = [first.exchange.response, clientSide.response];
    if (answer?.status === response?.status && answer !== undefined && response !== undefined && answer.firstTime > response.firstTime)
      this.counts.nestingViolated++;
  }

  private latency(nanoseconds: number): void {
    if (nanoseconds < 0) this.counts.negativeLatency++;
    const place = Math.floor(Math.log2(Math.max(nanoseconds, 1e3) / 1e3) * CLASSES_PER_OCTAVE);
    const at = Math.min(CLASSES - 1, place);
    this.latencies[at] = (this.latencies[at] ?? 0) + 1;
  }

  get reliable(): boolean {
    const { pairs, ambiguous, negativeLatency, nestingViolated } = this.counts;
    const all = pairs + ambiguous;
    return all < FEW || Math.max(negativeLatency, nestingViolated) <= all * UNRELIABLE;
  }

  get report(): PairingQuality {
    const decidedBy = [...this.decided].map(([evidence, count]) => ({ evidence, count })).toSorted((a, b) => b.count - a.count);
    return { ...this.counts, medianLatency: this.median(), reliable: this.reliable, decidedBy };
  }

  /** NaN without pairs; exact to a twentieth. */
  private median(): number {
    const total = this.latencies.reduce((sum, count) => sum + count, 0);
    let left = total / 2;
    for (const [place, count] of this.latencies.entries()) {
      left -= count;
      if (count > 0 && left <= 0) return 1e3 * 2 ** ((place + 0.5) / CLASSES_PER_OCTAVE);
    }
    return Number.NaN;
  }
}
