use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;

use crate::error::EncodeProblem;

/// The members as a set; `None` for an empty one, which DynamoDB does not have.
pub(crate) fn set_of(members: Vec<AttributeValue>) -> Result<Option<AttributeValue>, EncodeProblem> {
    let Some(first) = members.first() else { return Ok(None) };
    let refused = |_| EncodeProblem::SetElement;
    if has_twins(&members) {
        return Err(EncodeProblem::SetElement);
    }
    let set = match first {
        AttributeValue::S(_) => AttributeValue::Ss(members.into_iter().map(into_s).collect::<Result<_, _>>().map_err(refused)?),
        AttributeValue::N(_) => AttributeValue::Ns(members.into_iter().map(into_n).collect::<Result<_, _>>().map_err(refused)?),
        AttributeValue::B(_) => AttributeValue::Bs(members.into_iter().map(into_b).collect::<Result<_, _>>().map_err(refused)?),
        _ => return Err(EncodeProblem::SetElement),
    };
    Ok(Some(set))
}

/// Whether two members are stored alike, which DynamoDB refuses.
fn has_twins(members: &[AttributeValue]) -> bool {
    let mut texts: Vec<&[u8]> = members
        .iter()
        .filter_map(|member| match member {
            AttributeValue::S(text) | AttributeValue::N(text) => Some(text.as_bytes()),
            AttributeValue::B(bytes) => Some(bytes.as_ref()),
            _ => None,
        })
        .collect();
    texts.sort_unstable();
    texts.windows(2).any(|pair| pair[0] == pair[1])
}

fn into_s(value: AttributeValue) -> Result<String, AttributeValue> {
    if let AttributeValue::S(text) = value { Ok(text) } else { Err(value) }
}

fn into_n(value: AttributeValue) -> Result<String, AttributeValue> {
    if let AttributeValue::N(text) = value { Ok(text) } else { Err(value) }
}

fn into_b(value: AttributeValue) -> Result<Blob, AttributeValue> {
    if let AttributeValue::B(bytes) = value { Ok(bytes) } else { Err(value) }
}
