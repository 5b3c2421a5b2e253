// A run: one network that learns from points in the plane, and can be set back to any moment. Without a picture.
import { forward, initialize, learn, makeNetwork, measure, oneHot, predict, rows } from "./engine.js";
import { generator, normals, permutation } from "./random.js";

/** Every fourth point is kept for validation. */
const isFourth = index => index % 4 === 3;

export class Run {
  /**
   * settings: hidden, a list of { n, activation }; loss, lr, momentum, batch, l2, seed. points: [x1, x2, label]. values: first weights, or
   * null. Without `validates` every point is for training.
   */
  constructor(settings, points, classes, values = null, validates = true) {
    Object.assign(this, { settings, classes, validates });
    this.use(points);
    this.restart(values);
  }

  /** Outputs of the network: with binary cross-entropy a single one is enough, and it stands for class 1. */
  get outputs() {
    return this.settings.loss === "BinaryCrossEntropy" ? 1 : this.classes;
  }

  isValidation(index) {
    return this.validates && isFourth(index);
  }

  /** Take other points; the network stays. */
  use(points) {
    this.points = points;
    const part = wanted => {
      const mine = points.filter((_, index) => this.isValidation(index) === wanted);
      const X = Float64Array.from(mine.flatMap(([x1, x2]) => [x1, x2])),
        labels = mine.map(point => point[2]);
      return { n: mine.length, X, labels, Y: this.outputs === 1 ? Float64Array.from(labels) : oneHot(labels, this.classes) };
    };
    [this.training, this.validation] = [part(false), part(true)];
    this.order = null;
  }

  /** Build the network again, with its first weights drawn from the seed. */
  restart(values = null) {
    const { hidden, loss, seed } = this.settings;
    this.network = makeNetwork(
      [2, ...hidden.map(({ n }) => n), this.outputs],
      hidden.map(({ activation }) => activation),
      loss,
    );
    if (values?.length === this.network.values.length) this.network.values.set(values);
    else initialize(this.network, n => normals((this.random ??= generator(seed)), n));
    this.random = null;
    Object.assign(this, { epoch: 0, steps: 0, order: null, diverged: false, edited: false, history: [] });
    this.note();
  }

  /** The losses and the numbers of points classified correctly, now. */
  evaluate() {
    const part = ({ n, X, Y, labels }) => {
      if (!n) return { loss: NaN, correct: 0, n };
      const Z = forward(this.network, X).at(-1).Z,
        answers = predict(Z, this.outputs);
      return { loss: measure(this.network, Z, Y).loss, correct: answers.filter((answer, i) => answer === labels[i]).length, n };
    };
    return { training: part(this.training), validation: part(this.validation) };
  }

  note() {
    const now = this.evaluate();
    this.history[this.epoch] = [now.training.loss, now.validation.loss];
    this.now = now;
    return now;
  }

  /** The samples of the next mini-batch: their places among the training points. */
  next() {
    if (!this.order?.length) this.order = [...permutation(generator(this.settings.seed * 7919 + this.epoch + 1), this.training.n)];
    return this.order.slice(0, this.settings.batch);
  }

  /** Learn from one mini-batch. Returns whether an epoch is over. */
  step() {
    if (!this.training.n || this.diverged) return true;
    const { lr, momentum, l2 } = this.settings,
      batch = this.next(),
      before = this.network.values.slice();
    learn(this.network, this.training.X, this.training.Y, batch, { lr, momentum, weightDecay: l2 });
    this.order.splice(0, batch.length);
    this.steps++;
    if (!this.network.values.every(Number.isFinite) || !Number.isFinite(this.evaluateQuickly(batch))) {
      this.network.values.set(before);
      this.diverged = true;
    }
    if (this.order.length && !this.diverged) return false;
    this.epoch++;
    this.note();
    return true;
  }

  evaluateQuickly(batch) {
    const passes = forward(this.network, rows(this.training.X, 2, batch));
    return passes.at(-1).Z.reduce((sum, z) => sum + Math.abs(z), 0);
  }

  /** Learn until the end of the epoch. */
  wholeEpoch() {
    while (!this.step());
  }

  /** What is needed to come back to this moment. */
  snapshot() {
    const { settings, points, classes, epoch, steps, diverged, edited } = this;
    return {
      settings: structuredClone(settings),
      points,
      classes,
      epoch,
      steps,
      diverged,
      edited,
      history: this.history.map(pair => [...pair]),
      order: this.order && [...this.order],
      values: this.network.values.slice(),
      velocity: this.network.velocity.slice(),
    };
  }

  restore(moment) {
    const { values, velocity, settings, points, classes, order, history, ...rest } = moment;
    Object.assign(this.settings, structuredClone(settings));
    this.classes = classes;
    this.use(points);
    this.restart();
    this.network.values.set(values);
    this.network.velocity.set(velocity);
    Object.assign(this, rest, { order: order && [...order], history: history.map(pair => [...pair]) });
    this.now = this.evaluate();
  }

  /** The outputs of every neuron on an n x n grid over a box, row by row from the top: one list of arrays for each layer; and the answers. */
  onGrid([left, bottom, right, top], n) {
    const X = new Float64Array(2 * n * n),
      k = this.classes,
      answers = new Float64Array(n * n * k);
    for (let i = 0; i < n * n; i++) {
      X[2 * i] = left + (((i % n) + 0.5) / n) * (right - left);
      X[2 * i + 1] = top - ((Math.floor(i / n) + 0.5) / n) * (top - bottom);
    }
    const layers = forward(this.network, X).map(({ A }) => A),
      Z = layers.at(-1);
    for (let i = 0; i < n * n; i++) {
      const one = this.shares(Z, i);
      for (let j = 0; j < k; j++) answers[i * k + j] = one[j];
    }
    return { X, layers, answers };
  }

  /** The network's answer for one point: a number for each class. */
  answer(x1, x2) {
    return this.shares(forward(this.network, Float64Array.of(x1, x2)).at(-1).Z, 0);
  }

  /** The answer for sample i of the scores Z: a number for each class. */
  shares(Z, i) {
    const k = this.outputs,
      answer = this.network.loss.output(Z, i * k, k);
    return k === 1 ? [1 - answer[0], answer[0]] : answer;
  }

  /** What is to be said about this moment. */
  words() {
    const { training, validation } = this.now,
      part = ({ correct, n }, name) => `${correct} of ${n} ${name} (${Math.round((100 * correct) / n)}%)`,
      number = loss => (loss < 1e6 ? loss.toFixed(3) : "more than a million");
    if (!training.n) return "There are no training points yet. Add some, or choose a data set.";
    const losses = `training loss ${number(training.loss)}${validation.n ? `, validation loss ${number(validation.loss)}` : ""}`;
    const correct = `Classified correctly: ${part(training, this.validates ? "training points" : "points")}${validation.n ? ` and ${part(validation, "validation points")}` : ""}.`;
    if (!this.validates) return `Loss ${number(training.loss)}. ${correct}`;
    return `Epoch ${this.epoch}: ${losses}. ${correct}${this.verdict()}`;
  }

  verdict() {
    const late = this.history.slice(-20).map(([loss]) => loss),
      { training, validation } = this.now;
    if (this.diverged)
      return " The run has diverged: the learning rate is too large, and the numbers have become too large to compute with.";
    if (late.length === 20 && late.slice(1).some((loss, i) => loss > late[i] + 0.5))
      return " The loss jumps: the learning rate is too large.";
    if (this.epoch >= 100 && validation.n && validation.loss > 1.5 * training.loss + 0.05)
      return " The validation loss is well above the training loss: the network overfits.";
    return "";
  }
}
