#!/usr/bin/python3
"""Computes reference values with SciPy, scikit-learn and statsmodels for 200 random cases per method.

Usage: /usr/bin/python3 tests/oracles/statistics_vectors.py > tests/oracles/statistics_vectors.json
Needs Debian's python3-scipy, python3-sklearn and python3-statsmodels. The output is stored in the repository with the versions used; the tests of
Plumbline.Statistics compare against it, so that CI needs no Python.
"""
import json
import sys
import warnings

import numpy as np
import scipy
import sklearn
import statsmodels
from scipy import stats
from scipy.optimize import minimize_scalar
from scipy.spatial.distance import jensenshannon
from sklearn import metrics
from sklearn.covariance import EmpiricalCovariance
from sklearn.decomposition import PCA
from sklearn.isotonic import IsotonicRegression
from statsmodels.api import Logit, add_constant
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint, proportions_ztest

warnings.filterwarnings("ignore")
CASES = 200
rng = np.random.default_rng(20260101)


def numbers(values):
    return [float(v) for v in np.ravel(values)]


def sample(size, kind):
    if kind == 0:
        return np.round(rng.normal(rng.normal() * 0.5, np.exp(rng.normal() * 0.4), size), 4)
    if kind == 1:
        return rng.integers(0, 6, size).astype(float)
    return np.round(rng.lognormal(rng.normal() * 0.3, 1, size), 3)


def two_sample(i):
    kind = i % 3
    x, y = sample(rng.integers(5, 31), kind), sample(rng.integers(5, 31), kind)
    case = {"x": numbers(x), "y": numbers(y)}
    ks = stats.ks_2samp(x, y, method="exact")
    case["ks"] = [ks.statistic, ks.pvalue]
    cvm = stats.cramervonmises_2samp(x, y, method="asymptotic")
    case["cvm"] = [cvm.statistic, cvm.pvalue]
    if max(len(x), len(y)) <= 12:
        case["cvm_exact"] = stats.cramervonmises_2samp(x, y, method="exact").pvalue
    ad = stats.anderson_ksamp([x, y])
    case["ad"] = [ad.statistic, ad.significance_level]
    es = stats.epps_singleton_2samp(x, y)
    case["es"] = [es.statistic, es.pvalue]
    case["wasserstein"] = stats.wasserstein_distance(x, y)
    case["energy"] = stats.energy_distance(x, y)
    mw = stats.mannwhitneyu(x, y, method="asymptotic")
    case["mw"] = [mw.statistic, mw.pvalue]
    welch = stats.ttest_ind(x, y, equal_var=False)
    case["welch"] = [welch.statistic, welch.pvalue]
    gram = np.exp(-np.subtract.outer(np.r_[x, y], np.r_[x, y]) ** 2 / 2)
    n = len(x)
    case["mmd"] = gram[:n, :n].mean() + gram[n:, n:].mean() - 2 * gram[:n, n:].mean()
    return case


def counts(i):
    bins = int(rng.integers(2, 9)) if i % 4 else 2
    r, c = rng.integers(0, 60, bins), rng.integers(0, 60, bins)
    r[0] += 1
    c[-1] += 1
    table = np.array([r, c])
    table = table[:, table.sum(axis=0) > 0]
    p, q = r / r.sum(), c / c.sum()
    sp, sq = (r + 0.5) / (r.sum() + 0.5 * bins), (c + 0.5) / (c.sum() + 0.5 * bins)
    case = {"r": [int(v) for v in r], "c": [int(v) for v in c]}
    if table.shape[1] > 1:
        case["chi2"] = list(stats.chi2_contingency(table)[:2])
        case["chi2_plain"] = list(stats.chi2_contingency(table, correction=False)[:2])
        case["g"] = list(stats.chi2_contingency(table, correction=False, lambda_="log-likelihood")[:2])
        case["v"] = stats.contingency.association(table, method="cramer")
    case["js2"] = jensenshannon(p, q, 2)
    case["jse"] = jensenshannon(p, q)
    case["kl"] = stats.entropy(sp, sq)
    case["psi"] = stats.entropy(sp, sq) + stats.entropy(sq, sp)
    case["tv"] = np.abs(p - q).sum() / 2
    case["hellinger"] = np.linalg.norm(np.sqrt(p) - np.sqrt(q)) / np.sqrt(2)
    return case


def binary(i):
    n = int(rng.integers(6, 40))
    p = np.round(rng.random(n), 2)
    y = (rng.random(n) < p).astype(int)
    y[0], y[1] = 0, 1
    w = rng.integers(1, 5, n)
    yhat = (p >= np.round(rng.random(), 2)).astype(int)
    clipped = np.clip(p, 1e-6, 1 - 1e-6)
    case = {"y": [int(v) for v in y], "p": numbers(p), "w": [int(v) for v in w], "yhat": [int(v) for v in yhat]}
    case["auc"] = metrics.roc_auc_score(y, p, sample_weight=w)
    case["ap"] = metrics.average_precision_score(y, p, sample_weight=w)
    case["log_loss"] = metrics.log_loss(y, p, eps=1e-15, sample_weight=w)
    case["brier"] = metrics.brier_score_loss(y, p, sample_weight=w)
    case["accuracy"] = metrics.accuracy_score(y, yhat, sample_weight=w)
    precision, recall, f1, _ = metrics.precision_recall_fscore_support(y, yhat, average="binary", sample_weight=w, zero_division=0)
    case["prf"] = [precision, recall, f1]
    case["mcc"] = metrics.matthews_corrcoef(y, yhat, sample_weight=w)
    isotonic = IsotonicRegression(out_of_bounds="clip").fit(p, y, sample_weight=w)
    at = np.round(rng.random(5), 3)
    case["isotonic"] = [numbers(at), numbers(isotonic.predict(at))]
    try:
        fit = Logit(y, add_constant(np.log(clipped / (1 - clipped)))).fit(disp=0, tol=1e-14, maxiter=500)
        if abs(fit.params[1]) < 50 and fit.mle_retvals["converged"]:
            case["platt"] = numbers(fit.params[::-1])
    except Exception:
        pass
    return case


def multiclass(i):
    k, n = int(rng.integers(3, 6)), int(rng.integers(20, 50))
    p = rng.dirichlet(np.ones(k), n)
    p = np.round(p, 6)
    p[:, -1] = 1 - p[:, :-1].sum(axis=1)
    p = np.clip(p, 0, 1)
    y = np.array([rng.choice(k, p=row / row.sum()) for row in p])
    y[:k] = range(k)
    yhat = p.argmax(axis=1)
    precision, recall, f1, _ = metrics.precision_recall_fscore_support(y, yhat, average="macro", zero_division=0)
    weighted = metrics.f1_score(y, yhat, average="weighted", zero_division=0)
    logits = np.log(np.clip(p, 1e-9, 1))

    def nll(beta):
        z = logits * beta
        return (scipy.special.logsumexp(z, axis=1) - z[np.arange(n), y]).mean()

    best = minimize_scalar(nll, bounds=(0.01, 100), method="bounded", options={"xatol": 1e-12})
    return {"k": k, "y": [int(v) for v in y], "yhat": [int(v) for v in yhat], "p": numbers(p), "prf": [precision, recall, f1], "weighted_f1": weighted,
            "accuracy": metrics.accuracy_score(y, yhat), "log_loss": metrics.log_loss(y, p, labels=range(k), eps=1e-15),
            "auc": np.mean([metrics.roc_auc_score(y == c, p[:, c]) for c in range(k)]), "temperature_nll": best.fun}


def regression(i):
    n = int(rng.integers(3, 20))
    y, p, w = np.round(rng.normal(3, 2, n), 3), np.round(rng.normal(3, 2, n), 3), rng.integers(1, 4, n)
    return {"y": numbers(y), "p": numbers(p), "w": [int(v) for v in w], "mae": metrics.mean_absolute_error(y, p, sample_weight=w),
            "rmse": np.sqrt(metrics.mean_squared_error(y, p, sample_weight=w)), "r2": metrics.r2_score(y, p, sample_weight=w),
            "mape": metrics.mean_absolute_percentage_error(y, p, sample_weight=w)}


def multiplicity(i):
    p = np.round(rng.random(rng.integers(1, 15)) ** 3, 5)
    return {"p": numbers(p), **{name: numbers(multipletests(p, method=method)[1]) for name, method in (("bh", "fdr_bh"), ("by", "fdr_by"), ("holm", "holm"))}}


def proportions(i):
    n, m = (int(v) for v in rng.integers(1, 80, 2))
    a, b = int(rng.integers(0, n + 1)), int(rng.integers(0, m + 1))
    case = {"a": a, "n": n, "b": b, "m": m, "wilson": numbers(proportion_confint(a, n, method="wilson")),
            "newcombe": numbers(confint_proportions_2indep(b, m, a, n, method="newcomb", compare="diff"))}
    if 0 < a + b < n + m:
        case["z"] = numbers(proportions_ztest([a, b], [n, m]))
    return case


def tails(i):
    x, d, e = float(np.round(rng.gamma(1.5, 8), 3)), int(rng.integers(1, 60)), int(rng.integers(1, 60))
    z = float(np.round(rng.normal() * 4, 3))
    q = float(np.round(rng.random() * 0.998 + 0.001, 4))
    return {"x": x, "d": d, "e": e, "z": z, "q": q, "chi2": stats.chi2.sf(x, d), "t": stats.t.sf(z, d), "f": stats.f.sf(x / 4, d, e), "norm": stats.norm.sf(z),
            "ppf": stats.norm.ppf(q), "kolmogorov": stats.kstwobign.sf(abs(z) / 2)}


def quantiles(i):
    x = sample(rng.integers(1, 40), i % 3)
    q = np.round(rng.random(4), 3)
    return {"x": numbers(x), "q": numbers(q), "value": numbers(np.quantile(x, q))}


def matrix(i):
    n, k = int(rng.integers(12, 25)), int(rng.integers(2, 5))
    x = np.round(rng.normal(size=(n, k)) @ rng.normal(size=(k, k)), 4)
    y = np.round(rng.normal(size=(3, k)) * 2, 4)
    unbiased = EmpiricalCovariance().fit(x)
    z, zy = (x - x.mean(0)) / x.std(0), (y - x.mean(0)) / x.std(0)
    pca = PCA(0.65, svd_solver="full").fit(z)
    return {"k": k, "x": numbers(x), "y": numbers(y), "mahalanobis": numbers(np.sqrt(unbiased.mahalanobis(y) * (n - 1) / n)),
            "components": int(pca.n_components_), "pca": float(np.linalg.norm(zy - pca.inverse_transform(pca.transform(zy)), axis=1).mean())}


def ratio(i):
    k = int(rng.integers(2, 6))
    shares = np.round(rng.dirichlet(np.ones(k) * 5), 4)
    shares[-1] = 1 - shares[:-1].sum()
    observed = rng.multinomial(int(rng.integers(50, 5000)), np.clip(shares + 0.01, 0, None) / (np.clip(shares + 0.01, 0, None)).sum())
    result = stats.chisquare(observed, observed.sum() * shares)
    return {"counts": [int(v) for v in observed], "shares": numbers(shares), "chi2": [result.statistic, result.pvalue]}


def clean(value):
    if isinstance(value, dict):
        return {k: clean(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [clean(v) for v in value]
    if isinstance(value, (float, np.floating)):
        return None if not np.isfinite(value) else float(f"{value:.12g}")
    return value


methods = [two_sample, counts, binary, multiclass, regression, multiplicity, proportions, tails, quantiles, matrix, ratio]
result = {"versions": {"python": sys.version.split()[0], "numpy": np.__version__, "scipy": scipy.__version__, "scikit-learn": sklearn.__version__,
                       "statsmodels": statsmodels.__version__}}
for method in methods:
    result[method.__name__] = [clean(method(i)) for i in range(CASES)]
json.dump(result, sys.stdout, separators=(",", ":"))
