/**
 * What a section of a pcapng file says about the packets in it: byte order and interfaces. Made anew by each section
 * header. Both lists are bounded, because a file can describe an interface in 20 octets.
 */
import { linkTypeName } from '../link-types.ts';
import type { CaptureFacts } from '../model.ts';
import { addDamage, addIssue, addLinkType } from './facts.ts';
import { Interface } from './pcapng-interface.ts';
import { findOption, optionsFit, optionText } from './pcapng-options.ts';

const INTERFACE_LIMIT = 262_144;
const IF_NAME = 2;
const IF_DROPPED = 5;
/** Interfaces that the report lists. */
const LISTED = 64;

export class Section {
  readonly little: boolean;
  readonly interfaces: Interface[] = [];
  readonly #facts: CaptureFacts;

  constructor(facts: CaptureFacts, little: boolean) {
    this.#facts = facts;
    this.little = little;
  }

  /** An interface description block, whose body is view[start, end). */
  describe(view: DataView, start: number, end: number, offset: number): void {
    if (end - start < 8) addDamage(this.#facts, 'block-short', 'an interface description is too short', { offset });
    else if (this.interfaces.length >= INTERFACE_LIMIT) {
      addDamage(this.#facts, 'interface-limit', `more than ${INTERFACE_LIMIT} interfaces in a section`, { offset });
    } else {
      const described = new Interface(view, start, end, this.little);
      this.interfaces.push(described);
      this.list(described, optionText(view, start + 8, end, this.little, IF_NAME));
      addLinkType(this.#facts, described.linkType);
      if (optionsFit(view, start + 8, end, this.little)) return;
      addIssue(this.#facts, 'option-overrun', 'an interface description has options that claim more than their block', { offset });
    }
  }

  private list(described: Interface, name: string | undefined): void {
    const { interfaces } = this.#facts;
    if (interfaces.length >= LISTED) return;
    described.listed = {
      name: name === undefined ? undefined : { kind: 'host-name', octets: name },
      linkType: linkTypeName(described.linkType),
      snapLength: described.snapLength,
      dropped: undefined,
    };
    interfaces.push(described.listed);
  }

  /** An interface statistics block. Its counters run on: the last of each interface counts. */
  statistics(view: DataView, start: number, end: number): void {
    if (end - start < 12) return;
    const counted = this.interfaces[view.getUint32(start, this.little)];
    const at = findOption(view, start + 12, end, this.little, IF_DROPPED, 8);
    if (counted === undefined || at < 0) return;
    const dropped = Number(view.getBigUint64(at, this.little));
    this.#facts.dropped = (this.#facts.dropped ?? 0) + dropped - counted.dropped;
    counted.dropped = dropped;
    if (counted.listed !== undefined) counted.listed.dropped = dropped;
  }
}
