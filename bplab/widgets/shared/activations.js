// Activations and their derivatives, both functions of z, in the forms of bplab/numeric/activations.py.

const sigmoidPrime = (z) => {
  const e = Math.exp(-Math.abs(z));
  return e / ((1 + e) * (1 + e));
};

export const ACTIVATIONS = {
  sigmoid: {
    f: (z) => (z > 0 ? 1 : Math.exp(-Math.abs(z))) / (1 + Math.exp(-Math.abs(z))),
    prime: sigmoidPrime,
  },
  tanh: { f: Math.tanh, prime: (z) => 4 * sigmoidPrime(2 * z) },
  relu: { f: (z) => Math.max(z, 0), prime: (z) => (z > 0 ? 1 : 0) },
  identity: { f: (z) => z, prime: () => 1 },
};
