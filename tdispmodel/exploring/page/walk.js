// The path that was walked: where it began, the actions taken, the states met; what was undone; ways that were left.
// The path is the fragment of the address, so that a link shows it and Back goes back.

class Walk {
  constructor(graph, changed, tell) {
    this.graph = graph;
    this.changed = changed;
    this.tell = tell;
    this.begin = 0;
    this.actions = [];
    this.states = [graph.about.starts[0]];
    this.undone = [];
    this.forks = [];
    this.arrived = false;
    this.turn = Promise.resolve();
  }

  get state() {
    return this.states[this.states.length - 1];
  }

  get before() {
    return this.states.length > 1 ? this.states[this.states.length - 2] : null;
  }

  // One move after the other, also where one has to wait for the server.
  async next(move) {
    this.turn = this.turn.then(move).catch((problem) => this.tell(String(problem.message || problem)));
    return this.turn;
  }

  take(action) {
    return this.next(() => this.to(this.begin, [...this.actions, action]));
  }

  follow(actions) {
    return this.next(() => this.to(this.begin, [...this.actions, ...actions]));
  }

  undo() {
    return this.back(this.actions.length - 1);
  }

  // Go back to a place of the path; what lay behind it can be redone.
  back(length) {
    if (length < 0) return Promise.resolve();
    return this.next(() => this.to(this.begin, [...this.actions, ...this.undone].slice(0, length)));
  }

  redo() {
    return this.undone.length ? this.take(this.undone[0]) : Promise.resolve();
  }

  start(begin) {
    return this.next(() => this.to(begin, []));
  }

  // Show a behaviour: go to its end, or to its start with the rest to be redone.
  show(path, whole) {
    return this.next(async () => {
      await this.to(path.start, path.actions);
      if (!whole) await this.to(path.start, []);
    });
  }

  fork() {
    this.keep(this.begin, this.actions);
    this.changed();
  }

  swap(position) {
    const [fork] = this.forks.splice(position, 1);
    this.keep(this.begin, [...this.actions, ...this.undone]);
    this.undone = [];
    return this.next(() => this.to(fork.begin, fork.actions));
  }

  drop(position) {
    this.forks.splice(position, 1);
    this.changed();
  }

  keep(begin, actions) {
    const same = (fork) => fork.begin === begin && String(fork.actions) === String(actions);
    if (actions.length && !this.forks.some(same)) this.forks.push({ begin, actions: [...actions] });
  }

  async to(begin, actions) {
    const states = [this.graph.about.starts[begin]];
    for (const [place, action] of actions.entries()) {
      await this.look(states[place], begin, actions.slice(0, place));
      const step = this.graph.step(states[place], action);
      if (step === undefined) throw new Error(`step ${place + 1} is not possible in this page`);
      states.push(step.to);
    }
    await this.look(states[states.length - 1], begin, actions);
    const whole = [...this.actions, ...this.undone];
    const along = begin === this.begin && actions.every((action, place) => action === whole[place]);
    if (!along && this.undone.length) {
      this.keep(this.begin, whole);
      this.tell("The way that you left is kept as a fork.");
    }
    this.undone = along ? whole.slice(actions.length) : [];
    [this.begin, this.actions, this.states] = [begin, actions, states];
    if (location.hash !== this.address()) {
      if (this.arrived) history.pushState(null, "", this.address());
      else history.replaceState(null, "", this.address());
    }
    this.arrived = true;
    this.changed();
  }

  // Ask the server for the steps of a state that lies behind the border of the page.
  async look(state, begin, actions) {
    if (!this.graph.about.served || this.graph.steps(state) !== null) return;
    const answer = await fetch(`steps?path=${[begin, ...actions].join(".")}`);
    if (!answer.ok) throw new Error(`the server refused: ${answer.status}`);
    this.graph.keep(state, await answer.json());
  }

  address() {
    return `#${this.graph.about.hash}/${[this.begin, ...this.actions].join(".")}`;
  }

  // Go where the address says; a link to another version of the model is told.
  async visit() {
    const found = /^#([0-9a-f]{8})\/([0-9]{1,9}(?:\.[0-9]{1,9}){0,20000})$/.exec(location.hash);
    if (found === null) {
      if (location.hash.length > 1) this.tell("The link names no path of this page.");
      return this.next(() => this.to(0, []));
    }
    const [begin, ...actions] = found[2].split(".").map(Number);
    if (found[1] !== this.graph.about.hash) this.tell("The link was made for another version of this model.");
    if (begin >= this.graph.about.starts.length) {
      this.tell("The link begins in a start state that there is not.");
      return this.next(() => this.to(0, []));
    }
    return this.next(() =>
      this.to(begin, actions).catch((problem) => {
        this.tell(`The link cannot be followed: ${problem.message}.`);
        return this.to(0, []);
      }),
    );
  }
}
