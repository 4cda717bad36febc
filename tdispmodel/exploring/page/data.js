// The data of the page: names and words once, states as rows of small numbers, steps as (source, action, target).
// Everything that is true or false of a state was computed by tdispmodel; here it is looked up.

async function inflated(text) {
  const packed = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

class Reader {
  constructor(bytes) {
    this.bytes = bytes;
    this.position = 0;
  }

  take(length) {
    this.position += length;
    return this.bytes.subarray(this.position - length, this.position);
  }

  numbers(count, width) {
    const planes = this.take(count * width);
    const found = new Uint32Array(count);
    for (let plane = 0; plane < width; plane += 1) {
      for (let place = 0; place < count; place += 1) found[place] += planes[plane * count + place] * 256 ** plane;
    }
    return found;
  }

  bits(count) {
    return this.take((count + 7) >> 3);
  }
}

function bit(bits, place) {
  return (bits[place >> 3] >> (place & 7)) & 1;
}

// A graph that was written into the page; when the page is served, states beyond its border are fetched and kept.
class Graph {
  constructor(bytes) {
    const length = new DataView(bytes.buffer).getUint32(0, true);
    this.about = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
    const reader = new Reader(bytes.subarray(4 + length));
    this.count = this.about.counts.states;
    this.columns = this.about.variables.map((variable) => reader.numbers(this.count, variable.width));
    this.truths = this.about.formulas.map(() => reader.bits(this.count));
    this.looked = reader.bits(this.count);
    const counts = reader.numbers(this.count, 2);
    this.offsets = new Uint32Array(this.count + 1);
    for (let state = 0; state < this.count; state += 1) this.offsets[state + 1] = this.offsets[state] + counts[state];
    const total = this.offsets[this.count];
    this.taken = reader.numbers(total, 2);
    this.targets = reader.numbers(total, 4);
    this.stepTruths = this.about.steps.map(() => reader.bits(total));
    this.more = [];
    this.known = null;
    this.fetched = new Map();
  }

  row(state) {
    return state < this.count ? this.columns.map((column) => column[state]) : this.more[state - this.count].row;
  }

  holds(formula, state) {
    if (state < this.count) return bit(this.truths[formula], state) === 1;
    return this.more[state - this.count].truths[formula] === "1";
  }

  // The steps of a state, or null where nobody looked: what can happen there is not in this page.
  steps(state) {
    if (this.fetched.has(state)) return this.fetched.get(state);
    if (state >= this.count || !bit(this.looked, state)) return null;
    const found = [];
    for (let place = this.offsets[state]; place < this.offsets[state + 1]; place += 1) {
      found.push({
        action: this.taken[place],
        to: this.targets[place],
        holds: (formula) => bit(this.stepTruths[formula], place) === 1,
      });
    }
    return found;
  }

  step(state, action) {
    return (this.steps(state) || []).find((step) => step.action === action);
  }

  // Keep what the server says of a state: its steps, and the states that they lead to.
  keep(state, said) {
    const steps = said.map((step) => ({
      action: step.action,
      to: this.numbered(step.row, step.truths),
      holds: (formula) => step.holds[formula] === "1",
    }));
    this.fetched.set(state, steps);
  }

  numbered(row, truths) {
    if (this.known === null) {
      this.known = new Map();
      for (let state = 0; state < this.count; state += 1) this.known.set(this.row(state).join("."), state);
    }
    const key = row.join(".");
    if (!this.known.has(key)) {
      this.known.set(key, this.count + this.more.length);
      this.more.push({ row, truths });
    }
    return this.known.get(key);
  }

  // The fewest steps from a state to one that is wanted; a step is wanted, too, if wantedStep says so.
  way(from, wanted, wantedStep = () => false) {
    const before = new Map([[from, null]]);
    const queue = [from];
    const back = (state, last) => {
      const actions = last === undefined ? [] : [last];
      for (let at = state; before.get(at) !== null; at = before.get(at).state) actions.unshift(before.get(at).action);
      return actions;
    };
    for (let head = 0; head < queue.length; head += 1) {
      const state = queue[head];
      if (wanted(state)) return back(state);
      for (const step of this.steps(state) || []) {
        if (wantedStep(step)) return back(state, step.action);
        if (!before.has(step.to)) {
          before.set(step.to, { state, action: step.action });
          queue.push(step.to);
        }
      }
    }
    return null;
  }

  value(variable, code) {
    const known = this.about.variables[variable];
    return known.values === null ? String(known.low + code) : known.values[code];
  }

  changes(before, after) {
    const [old, now] = [this.row(before), this.row(after)];
    const found = [];
    old.forEach((code, variable) => {
      if (code !== now[variable]) found.push({ variable, before: code, after: now[variable] });
    });
    return found;
  }
}
