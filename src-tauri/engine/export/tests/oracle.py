"""Records what onnxruntime answers for the models in `golden/`.

Not part of the automatic tests. To record anew after the writer changed:
    KITH_RECORD=1 cargo test -p kith-export --test onnx_golden   # writes golden/*.onnx
    pip install onnx onnxruntime numpy && python oracle.py       # checks them, writes golden/*.json
"""

import json
import pathlib

import numpy as np
import onnx
import onnxruntime as ort

here = pathlib.Path(__file__).parent / "golden"
random = np.random.default_rng(1)
rows = np.column_stack(
    [
        np.round(random.exponential(60, 250), 2),
        random.poisson(3, 250),
        np.round(random.lognormal(4, 1.2, 250), 2),
        np.round(random.random(250), 4),
    ]
).astype(np.float32)
rows[random.random(rows.shape) < 0.1] = np.nan
rows[0] = [-5, 0, 0, 0]
rows[1] = np.nan
rows[2] = [3650, 400, 250000, 1]
for path in sorted(here.glob("*.onnx")):
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    session = ort.InferenceSession(path.read_bytes(), providers=["CPUExecutionProvider"])
    names = [o.name for o in session.get_outputs()]
    found = session.run(names, {"features": rows})
    answer = {
        "features": [[None if np.isnan(v) else float(v) for v in row] for row in rows],
        "outputs": {n: [v.item() for v in values] for n, values in zip(names, found)},
    }
    path.with_suffix(".json").write_text(json.dumps(answer, separators=(",", ":")) + "\n")
    print(path.name, onnx.__version__, ort.__version__, {n: v.shape for n, v in zip(names, found)})
