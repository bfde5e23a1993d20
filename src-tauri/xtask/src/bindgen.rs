//! Turns the compiled page into `kith.js` and `kith_bg.wasm`: `kith-bindgen INPUT.wasm FOLDER`.

use anyhow::Context as _;

fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let usage = "usage: kith-bindgen INPUT.wasm FOLDER";
    let input = arguments.next().context(usage)?;
    let folder = arguments.next().context(usage)?;
    wasm_bindgen_cli_support::Bindgen::new()
        .input_path(&input)
        .web(true)?
        .out_name("kith")
        .typescript(false)
        .generate(&folder)
        .with_context(|| format!("cannot bind {input}"))
}
