use simpletable::SingleTable;

#[derive(SingleTable)]
enum App {}

fn main() {}
