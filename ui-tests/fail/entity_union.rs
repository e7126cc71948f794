use simpletable::SingleTable;

#[derive(SingleTable)]
union Number {
    signed: i32,
    unsigned: u32,
}

fn main() {}
