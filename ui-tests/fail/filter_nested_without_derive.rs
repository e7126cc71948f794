use serde::{Deserialize, Serialize};
use simpletable::{Condition, Fields, SingleTable};

#[derive(Serialize, Deserialize)]
struct Address {
    city: String,
}

#[derive(Serialize, Deserialize, SingleTable)]
struct Customer {
    address: Address,
}

fn in_paris(customer: &Fields<Customer>) -> Condition<Customer> {
    customer.address.at(|address| address.city).eq("Paris")
}

fn main() {}
